//! Lists: filters, `sort`, `fields`, `limit`, an opaque signed `cursor`, and `{"items": [...],
//! "next": ...}`.
//!
//! - A *schema* ([`ListSchema`]) declares the columns of a list, and which of them may be filtered
//!   and sorted.
//! - A *query* ([`ListQuery`]) is what one request asks for, parsed and checked against the schema.
//!   It does not depend on HTTP, so ports take it.
//! - The *pager* ([`Pager`]) parses requests into queries, and turns the items that were read into
//!   a [`Page`].
//! - A *projection* ([`Projection`]) is an item with the requested fields.
//! - A *position* is the values of one item in the columns that are sorted by. A *cursor* is a
//!   signed position. The signature covers the list, its filters and its sort.
//!
//! Paging is by keyset: a page starts after a position, not after a number of items. A cursor
//! grants no access: each request reads with the rights of its caller. A cursor that was changed,
//! or that belongs to another list, filter or sort, is a 400.
//!
//! ```
//! use shared::list::{Column, Kind, ListSchema};
//!
//! const SYMBOL: Column = Column::shown("symbol", Kind::Text).filterable().sortable();
//! static STOCKS: ListSchema = ListSchema {
//!     name: "stocks",
//!     columns: &[SYMBOL, Column::shown("name", Kind::Text)],
//!     key: &SYMBOL,
//!     parameters: &[],
//! };
//! assert!(STOCKS.column("name").is_some_and(|column| !column.sortable));
//! ```

mod column;
#[cfg(feature = "fakes")]
pub mod fakes;
mod kind;
mod limit;
mod page;
mod pager;
mod projection;
mod query;
mod schema;

pub use column::Column;
pub use kind::Kind;
pub use limit::Limit;
pub use page::{Next, Page};
pub use pager::{Pager, Sortable};
pub use projection::Projection;
pub use query::{Filter, ListQuery, Operator, Position, Sort};
pub use schema::ListSchema;
