//! The response bodies of analyses, and who may cache them.

use shared::http::{Cache, Resource};

use crate::{Summary, Timeline};

/// `Retry-After` of an analysis that has not ended.
const ANALYSIS_RETRY_SECONDS: u32 = 2;

impl Resource for Summary {
    const CACHE: Cache = Cache::Private;

    /// Progress changes without an event, and so without a new version.
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
