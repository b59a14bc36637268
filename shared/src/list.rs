//! Lists: filters, `sort`, `fields`, `limit`, an opaque signed `cursor`, and `{"items": [...], "next": ...}`.
//!
//! A route declares its [`List`] of columns once; [`Cursors::select`] parses a request by it into a [`Selection`], which is
//! what a store needs to know, and a [`Listing`], which makes the page. Paging is by keyset: a cursor holds the place of the
//! last item sent, bound by its signature to the list, its filters and its sort. It carries no authority: whoever follows
//! it sees what they may see.

mod column;
#[cfg(feature = "fakes")]
pub mod fakes;
mod filter;
mod limit;
mod pager;
mod selected;
mod selection;
mod sort;

pub use column::{Column, Kind, List, Parse};
pub use filter::{Filter, Operator};
pub use limit::{InvalidLimit, Limit};
pub use pager::{Cursors, Listing, Page};
pub use selected::Selected;
pub use selection::{Place, Selection};
pub use sort::Sort;
