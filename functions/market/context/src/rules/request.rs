//! Asking for a refresh.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Symbol;
use shared::trace::TraceParent;

/// The index that beta is measured against.
pub const BENCHMARK: &str = "SPX";

/// The message that makes a stock be refreshed. It may come twice and in any order: a refresh that
/// has nothing to do does nothing.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RefreshRequested {
    #[serde(rename = "type")]
    kind: Kind,
    pub symbol: Symbol,
    pub occurred_at: Timestamp,
    pub traceparent: Option<TraceParent>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
enum Kind {
    #[serde(rename = "refresh.requested")]
    RefreshRequested,
}

impl RefreshRequested {
    /// A request for `symbol`.
    pub fn new(symbol: Symbol, occurred_at: Timestamp, traceparent: Option<TraceParent>) -> Self {
        Self { kind: Kind::RefreshRequested, symbol, occurred_at, traceparent }
    }
}
