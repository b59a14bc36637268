//! The state of an analysis, for workers and for its owner.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::{Uuid, fmt::Hyphenated};

use shared::trace::TraceParent;

use super::EventRecord;

/// Identifies an analysis. create-analysis makes it; storing the same id again creates nothing.
/// Only the hyphenated form is an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AnalysisId(#[serde(with = "uuid::serde::hyphenated")] pub Uuid);

impl AnalysisId {
    /// A new id; later ids sort after it.
    pub fn generate() -> Self {
        Self(Uuid::now_v7())
    }
}

impl FromStr for AnalysisId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(|id: Hyphenated| Self(id.into()))
    }
}

impl fmt::Display for AnalysisId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The status of an analysis. The last four are final.
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
    /// True when the analysis has ended.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled | Self::Expired)
    }
}

/// Why an analysis failed or expired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// A stable code for programs: [`UNDELIVERABLE`](Self::UNDELIVERABLE), `rejected`,
    /// `workflow_disabled`, a code of the workflow or, of an expired analysis, `not_accepted`,
    /// `no_result` or `no_progress`.
    pub code: String,
    /// A text for people.
    pub message: String,
}

impl Failure {
    /// No call of the workflow was accepted within a day.
    pub const UNDELIVERABLE: &'static str = "undeliverable";
}

/// The state of an analysis on which functions decide the next event.
#[derive(Debug, Clone, Deserialize)]
pub struct Analysis {
    pub id: AnalysisId,
    pub symbol: String,
    pub workflow: String,
    pub parameters: Box<RawValue>,
    pub status: Status,
    /// The number of its events.
    pub version: i64,
    /// The number of calls begun. It identifies the current run.
    pub attempts: u32,
    /// The number of calls begun before the last redrive.
    pub earlier_attempts: u32,
    /// No call may begin before this instant: a call is in progress, or the next is not due.
    pub lease_until: Option<Timestamp>,
    /// The time of the request or of the last redrive.
    pub queued_at: Timestamp,
    /// The start of the last call since then.
    pub dispatched_at: Option<Timestamp>,
    pub error: Option<Failure>,
    pub traceparent: Option<TraceParent>,
}

/// A workflow that n8n runs.
#[derive(Debug, Clone, Deserialize)]
pub struct Workflow {
    pub name: String,
    /// Relative to `N8N_BASE_URL`; never an absolute URL.
    pub webhook_path: String,
    pub enabled: bool,
}

/// An analysis as its owner sees it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Summary {
    pub id: AnalysisId,
    pub symbol: String,
    pub workflow: String,
    pub parameters: Box<RawValue>,
    pub status: Status,
    pub version: i64,
    /// Percent; null until the workflow reports progress, 100 after a success.
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

/// An analysis as its owner sees it, with a page of its events in order.
#[derive(Debug, Clone, Serialize)]
pub struct Timeline {
    #[serde(flatten)]
    pub summary: Summary,
    pub events: Vec<EventRecord>,
    /// The next page has the events after this version; `None` on the last page.
    pub next_after: Option<i64>,
}

impl Timeline {
    /// The version of an analysis is the number of its events, so it tells if `events`, a page of
    /// them, is the last one.
    pub fn page(summary: Summary, events: Vec<EventRecord>) -> Self {
        let last = events.last().map(|event| event.version);
        let next_after = last.filter(|last| *last < summary.version);
        Self { summary, events, next_after }
    }
}

/// A request to run an analysis. It may arrive late, out of order and more than once.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AnalysisRequested {
    #[serde(rename = "type")]
    kind: Kind,
    pub analysis_id: AnalysisId,
    pub occurred_at: Timestamp,
    pub version: i64,
    pub traceparent: Option<TraceParent>,
    /// Only in a dead letter: with an id that was not used yet, it redrives an analysis that is
    /// undeliverable or has expired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redrive: Option<Uuid>,
}

impl AnalysisRequested {
    /// The message as a dead letter, which can redrive its analysis once.
    #[must_use]
    pub fn dead_letter(&self, redrive: Uuid) -> Self {
        Self { redrive: Some(redrive), ..self.clone() }
    }
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
enum Kind {
    #[serde(rename = "analysis.requested")]
    AnalysisRequested,
}
