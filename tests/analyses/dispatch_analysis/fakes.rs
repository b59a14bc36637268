//! A workflow with a scripted outcome.

use std::{sync::Mutex, time::Duration};

use analyses::{
    Analysis, AnalysisLog, Event, ExecutionId, Status, Workflow, fakes::MemoryAnalyses,
};
use dispatch_analysis::{
    decide::{CallFailure, CallOutcome},
    n8n,
    ports::CallWorkflow,
};
use jiff::Timestamp;
use shared::deadline::Deadline;

/// A workflow whose calls all have the same outcome.
#[derive(Debug)]
pub struct ScriptedWorkflow {
    outcome: CallOutcome,
    /// An event to append before the call ends, as the callback of a fast workflow would.
    meanwhile: Option<(MemoryAnalyses, Event)>,
    called: Mutex<Vec<(i64, Status)>>,
    /// The time that each call takes.
    takes: Duration,
}

impl ScriptedWorkflow {
    pub fn ending(outcome: CallOutcome) -> Self {
        let (called, takes) = (Mutex::default(), Duration::ZERO);
        Self { outcome, meanwhile: None, called, takes }
    }

    pub fn accepting() -> Self {
        let execution_id = ExecutionId::try_from(serde_json::Value::from("1042")).ok();
        Self::ending(CallOutcome::Accepted { execution_id, http_status: 202 })
    }

    pub fn responding(http_status: u16) -> Self {
        Self::ending(CallOutcome::Unavailable(answered(http_status)))
    }

    pub fn refusing(http_status: u16) -> Self {
        Self::ending(CallOutcome::Refused(answered(http_status)))
    }

    /// Appends `event` to `log` before the call ends.
    #[must_use]
    pub fn overtaken_by(self, log: &MemoryAnalyses, event: Event) -> Self {
        Self { meanwhile: Some((log.clone(), event)), ..self }
    }

    /// Lets each call take this long.
    #[must_use]
    pub fn taking(self, takes: Duration) -> Self {
        Self { takes, ..self }
    }

    /// Version and status of the analysis at each call.
    pub fn calls(&self) -> Vec<(i64, Status)> {
        self.called.lock().unwrap().clone()
    }
}

/// The failure of a call with this status.
pub fn answered(http_status: u16) -> CallFailure {
    let detail = format!("The workflow answered {http_status}.");
    CallFailure { cause: "answered", detail, http_status: Some(http_status), retry_after: None }
}

impl CallWorkflow for ScriptedWorkflow {
    async fn call(
        &self,
        _workflow: &Workflow,
        analysis: &Analysis,
        _now: Timestamp,
        deadline: Deadline,
    ) -> CallOutcome {
        self.called.lock().unwrap().push((analysis.version, analysis.status));
        if let Some((log, event)) = &self.meanwhile {
            log.append(&log.analysis(), event, "n8n", None, Deadline::default()).await.unwrap();
        }
        match deadline.limit(n8n::TIMEOUT, tokio::time::sleep(self.takes)).await {
            Ok(()) => self.outcome.clone(),
            Err(_) => CallOutcome::Unavailable(answered(504)),
        }
    }
}
