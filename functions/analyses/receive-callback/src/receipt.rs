//! The response to a callback.

use serde::Serialize;
use shared::http::{Cache, Resource};

/// The effect of a callback.
#[derive(Debug, Serialize)]
pub struct Receipt {
    pub outcome: ReceiptStatus,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ReceiptStatus {
    /// It was applied; progress that is not higher than before changes nothing.
    Applied,
    /// It was received before.
    Duplicate,
    /// It has no effect: the analysis has ended, or another run is the current one.
    Ignored,
}

impl Resource for Receipt {
    const CACHE: Cache = Cache::Never;
}
