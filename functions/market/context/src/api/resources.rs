//! The response bodies of market data, and who may cache them.

use shared::http::{Cache, Resource};

use crate::{BatchItem, DatedPage, Definition, HistoryRow, Snapshot, StockDetail, StockSummary};

impl Resource for Snapshot {
    const CACHE: Cache = Cache::Public;
}

impl Resource for Definition {
    const CACHE: Cache = Cache::Public;
}

impl Resource for StockSummary {
    const CACHE: Cache = Cache::Public;
}

impl Resource for StockDetail {
    const CACHE: Cache = Cache::Public;
}

impl Resource for HistoryRow {
    const CACHE: Cache = Cache::Public;
}

/// A page is cached like its items.
impl<T: Resource> Resource for DatedPage<T> {
    const CACHE: Cache = T::CACHE;

    fn next_link(&self) -> Option<&str> {
        self.page.link()
    }
}

/// A missing item is cached like one that was found.
impl<T: Resource> Resource for BatchItem<T> {
    const CACHE: Cache = T::CACHE;
}
