//! What the routes of market data agree on: their lists, pages and bodies.

mod dated_page;
mod problems;
mod resources;
mod schemas;
mod search;
mod sorting;
mod symbols;

pub use dated_page::{DatedPage, dates_as_headers};
pub use problems::stock_not_found;
pub use schemas::{METRICS, STOCKS};
pub use search::Search;
pub use symbols::{BatchItem, Symbols};
