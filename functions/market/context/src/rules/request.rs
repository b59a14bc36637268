//! Requests to refresh a stock.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Symbol;
use shared::trace::TraceParent;

/// The index against which beta is computed.
pub const BENCHMARK: &str = "SPX";

/// A request to refresh one stock. It may be redelivered or arrive out of order: a refresh without
/// new data changes nothing.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RefreshRequested {
    #[serde(rename = "type")]
    kind: Kind,
    pub symbol: Symbol,
    pub occurred_at: Timestamp,
    pub traceparent: Option<TraceParent>,
    /// `None` for the last days only.
    #[serde(default)]
    pub full: Option<Full>,
}

/// A refresh that fetches the whole history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Full {
    /// Store it even if it is shorter than the stored one.
    Replace,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
enum Kind {
    #[serde(rename = "refresh.requested")]
    RefreshRequested,
}

impl RefreshRequested {
    /// A request for `symbol`.
    pub fn new(symbol: Symbol, occurred_at: Timestamp, traceparent: Option<TraceParent>) -> Self {
        Self { kind: Kind::RefreshRequested, symbol, occurred_at, traceparent, full: None }
    }
}
