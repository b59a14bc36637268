//! Requests to refresh a stock.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Symbol;
use shared::trace::TraceParent;

/// A request to refresh one stock. It may be redelivered or arrive out of order: it does nothing if
/// the stock was refreshed after `occurred_at`, which is an instant of the database's clock.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RefreshRequested {
    #[serde(rename = "type")]
    kind: Kind,
    pub symbol: Symbol,
    pub occurred_at: Timestamp,
    pub traceparent: Option<TraceParent>,
    /// The request in the table `refreshes`; `None` for a message of plan-refresh.
    #[serde(default)]
    pub refresh_id: Option<Uuid>,
    /// `None` for the last days only.
    #[serde(default)]
    pub full: Option<Full>,
    /// Refresh even a stock that waits for its retry.
    #[serde(default)]
    pub force: bool,
}

/// A refresh that fetches the whole history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Full {
    /// Find corrections of any day. A shorter history is rejected.
    Reconcile,
    /// Store it even if it is shorter than the stored one.
    Replace,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
enum Kind {
    #[serde(rename = "refresh.requested")]
    RefreshRequested,
}

impl RefreshRequested {
    /// A planned refresh of `symbol`.
    pub fn planned(symbol: Symbol, full: Option<Full>, occurred_at: Timestamp) -> Self {
        Self {
            kind: Kind::RefreshRequested,
            symbol,
            occurred_at,
            traceparent: None,
            refresh_id: None,
            full,
            force: false,
        }
    }
}
