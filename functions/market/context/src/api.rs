//! What the routes of market data share: list schemas, parameters, pages, bodies and problems.

mod comparisons;
mod csv;
mod dated_page;
mod file;
mod problems;
mod resources;
mod schemas;
mod search;
mod sorting;
mod symbols;

pub use comparisons::Comparison;
pub use csv::{Format, Listed, csv_file, text_cell};
pub use dated_page::{DatedPage, dates_as_headers};
pub use file::File;
pub use problems::{no_metrics, stock_not_found};
pub use schemas::{METRICS, STOCKS};
pub use search::Search;
pub use symbols::{BatchItem, Symbols};
