//! The events of an analysis.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

/// An event to append.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
pub enum Event {
    /// A call of the workflow begins; no other may begin before `lease_until`.
    Dispatched {
        attempt: u32,
        lease_until: Timestamp,
    },
    /// The workflow runs.
    Accepted {
        /// `None` when the workflow did not say it.
        execution_id: Option<String>,
    },
    /// A call did not prove that the workflow runs; another call follows.
    AttemptFailed {
        attempt: u32,
        /// The cause by name, e.g. `timeout`.
        outcome: &'static str,
        /// The cause as a sentence, and where to look.
        detail: String,
        http_status: Option<u16>,
        duration_ms: u64,
        next_attempt_at: Timestamp,
    },
    Succeeded {
        execution_id: Option<String>,
        result: Box<RawValue>,
    },
    Failed {
        code: String,
        message: String,
        /// The run that failed; `None` when none was started or the callback names none.
        #[serde(skip_serializing_if = "Option::is_none")]
        execution_id: Option<String>,
    },
    /// An analysis that was undeliverable or had expired is requested again, by a dead letter.
    Redriven {
        redrive: Uuid,
    },
    /// A result that does not match the schema of the workflow: the analysis goes on.
    ResultInvalid {
        field: String,
        detail: String,
    },
    /// The result of a run that is not the current one, or after the end: recorded without effect.
    CallbackIgnored {
        callback: &'static str,
        /// The call that started the run.
        attempt: u32,
    },
}

/// An appended event, as the owner reads it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EventRecord {
    pub version: i64,
    pub r#type: String,
    pub occurred_at: Timestamp,
    pub data: Box<RawValue>,
}
