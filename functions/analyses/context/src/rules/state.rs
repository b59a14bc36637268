//! Where an analysis stands, as workers and as its owner see it.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use shared::trace::TraceParent;

use super::EventRecord;

/// Identifies an analysis. Made by whoever requests it, so that repeating the request finds the
/// same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AnalysisId(pub Uuid);

impl AnalysisId {
    /// A new id; ids made later sort behind it.
    pub fn generate() -> Self {
        Self(Uuid::now_v7())
    }
}

impl FromStr for AnalysisId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl fmt::Display for AnalysisId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where an analysis stands. The last four are ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Requested,
    Dispatched,
    Accepted,
    Succeeded,
    Failed,
    Cancelled,
    Expired,
}

impl Status {
    /// Nothing more happens by itself.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled | Self::Expired)
    }
}

/// Why an analysis failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Stable, for programs: `undeliverable`, `rejected`, or the workflow's own.
    pub code: String,
    /// For people.
    pub message: String,
}

/// The state a decision needs.
#[derive(Debug, Clone, Deserialize)]
pub struct Analysis {
    pub id: AnalysisId,
    pub symbol: String,
    pub workflow: String,
    pub parameters: Box<RawValue>,
    pub status: Status,
    /// The number of its events.
    pub version: i64,
    /// Calls of the workflow begun.
    pub attempts: u32,
    /// While it lasts, a call is under way or waited for.
    pub lease_until: Option<Timestamp>,
    pub traceparent: Option<TraceParent>,
}

/// A workflow of n8n, as far as calling it goes.
#[derive(Debug, Clone, Deserialize)]
pub struct Workflow {
    pub name: String,
    /// Below the one configured n8n; never a whole address.
    pub webhook_path: String,
}

/// What its owner sees.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Summary {
    pub id: AnalysisId,
    pub symbol: String,
    pub workflow: String,
    pub parameters: Box<RawValue>,
    pub status: Status,
    pub version: i64,
    /// Percent; absent until the workflow reports some.
    pub progress: Option<u8>,
    pub result: Option<Box<RawValue>>,
    pub error: Option<Failure>,
    /// n8n's id of the run.
    pub execution_id: Option<String>,
    pub requested_at: Timestamp,
    pub dispatched_at: Option<Timestamp>,
    pub accepted_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
}

/// What its owner sees, with everything that happened, in order.
#[derive(Debug, Clone, Serialize)]
pub struct Timeline {
    #[serde(flatten)]
    pub summary: Summary,
    pub events: Vec<EventRecord>,
}

/// The message that makes a requested analysis run. It may come twice, late, and in any order.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AnalysisRequested {
    pub analysis_id: AnalysisId,
    pub occurred_at: Timestamp,
    pub version: i64,
    pub traceparent: Option<TraceParent>,
}
