//! Which domain types routes answer with, and who may keep them.

use std::time::Duration;

use http::StatusCode;
use serde::Serialize;

use super::{Cache, Resource};
use crate::{
    domain::{
        analysis::{Summary, Timeline},
        market::{Definition, HistoryRow, Snapshot, StockDetail, StockSummary},
    },
    fresh::Fresh,
    page::{DatedPage, Outcome, Page, Selected},
};

/// A running analysis is worth another look after this many seconds.
const ANALYSIS_RETRY_SECONDS: u32 = 2;

/// As what was read; only its age is added.
impl<T: Resource> Resource for Fresh<T> {
    const CACHE: Cache = T::CACHE;
    fn revision(&self) -> Option<String> {
        self.value.revision()
    }

    fn retry_after(&self) -> Option<u32> {
        self.value.retry_after()
    }

    fn next_link(&self) -> Option<&str> {
        self.value.next_link()
    }

    fn status(&self) -> StatusCode {
        self.value.status()
    }

    fn age(&self) -> Option<Duration> {
        self.age
    }
}

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

impl Resource for Summary {
    const CACHE: Cache = Cache::Private;

    /// Progress comes without an event, and so without a new version.
    fn revision(&self) -> Option<String> {
        let Self { version, progress, .. } = self;
        Some(progress.map_or_else(|| version.to_string(), |percent| format!("{version}-{percent}")))
    }

    fn retry_after(&self) -> Option<u32> {
        (!self.status.is_final()).then_some(ANALYSIS_RETRY_SECONDS)
    }
}

impl Resource for Timeline {
    const CACHE: Cache = Cache::Private;

    fn revision(&self) -> Option<String> {
        self.summary.revision()
    }

    fn retry_after(&self) -> Option<u32> {
        self.summary.retry_after()
    }
}

/// A page may be kept by whoever may keep its items.
impl<T: Resource> Resource for Page<T>
where
    Self: Serialize,
{
    const CACHE: Cache = T::CACHE;

    fn next_link(&self) -> Option<&str> {
        self.link()
    }
}

/// As the page.
impl<T: Resource> Resource for DatedPage<T> {
    const CACHE: Cache = T::CACHE;

    fn next_link(&self) -> Option<&str> {
        self.page.link()
    }
}

/// With whatever fields: who may keep an item may keep a part of it.
impl<T: Resource> Resource for Selected<T> {
    const CACHE: Cache = T::CACHE;
}

/// That there is no such item may be kept as long as an item.
impl<T: Resource> Resource for Outcome<T> {
    const CACHE: Cache = T::CACHE;
}
