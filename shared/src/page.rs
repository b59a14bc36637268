//! Lists: filters, `sort`, `fields`, `limit`, an opaque signed `cursor`, and `{"items": [...], "next": ...}`.
//!
//! A route declares its [`List`] of columns once; [`Cursors::select`] parses a request by it into a [`Selection`], which is
//! what a store needs to know, and a [`Listing`], which makes the page. Paging is by keyset: a cursor holds the place of the
//! last item sent, bound by its signature to the list, its filters and its sort. It carries no authority: whoever follows
//! it sees what they may see.

mod batch;
mod column;
mod cursor;
mod dated;
mod filter;
mod limit;
mod listing;
mod lists;
mod search;
mod selected;
mod selection;
mod sort;

pub use batch::{Outcome, Symbols};
pub use column::{Column, Kind, List};
pub use cursor::Cursors;
pub use dated::DatedPage;
pub use filter::{Filter, Operator};
pub use limit::{InvalidLimit, Limit};
pub use listing::{Listing, Page};
pub use lists::{METRICS, STOCKS};
pub use search::Search;
pub use selected::Selected;
pub use selection::{Place, Selection};
pub use sort::Sort;
