//! Which types routes answer with, and who may keep them.

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

/// As the page.
impl<T: Resource> Resource for DatedPage<T> {
    const CACHE: Cache = T::CACHE;

    fn next_link(&self) -> Option<&str> {
        self.page.link()
    }
}

/// That there is no such item may be kept as long as an item.
impl<T: Resource> Resource for BatchItem<T> {
    const CACHE: Cache = T::CACHE;
}
