//! A workflow with a scripted outcome.

use std::sync::Mutex;

use analyses::{Analysis, AnalysisLog, Event, Status, Workflow, fakes::MemoryAnalyses};
use dispatch_analysis::{decide::CallOutcome, ports::CallWorkflow};
use jiff::Timestamp;
use shared::deadline::Deadline;

/// A workflow whose calls all have the same outcome.
#[derive(Debug)]
pub struct ScriptedWorkflow {
    outcome: CallOutcome,
    /// Reported before the call ends, as a fast workflow does.
    meanwhile: Option<(MemoryAnalyses, Event)>,
    called: Mutex<Vec<(i64, Status)>>,
}

impl ScriptedWorkflow {
    pub fn ending(outcome: CallOutcome) -> Self {
        Self { outcome, meanwhile: None, called: Mutex::default() }
    }

    pub fn accepting() -> Self {
        Self::ending(CallOutcome::Accepted { execution_id: "1042".to_owned() })
    }

    pub fn responding(http_status: u16) -> Self {
        Self::ending(CallOutcome::Unavailable { reason: "failed", http_status: Some(http_status) })
    }

    /// `event` is in `log` before the call ends.
    #[must_use]
    pub fn overtaken_by(self, log: &MemoryAnalyses, event: Event) -> Self {
        Self { meanwhile: Some((log.clone(), event)), ..self }
    }

    /// Version and status of the analysis at each call.
    pub fn calls(&self) -> Vec<(i64, Status)> {
        self.called.lock().unwrap().clone()
    }
}

impl CallWorkflow for ScriptedWorkflow {
    async fn call(
        &self,
        _workflow: &Workflow,
        analysis: &Analysis,
        _now: Timestamp,
        _: Deadline,
    ) -> CallOutcome {
        self.called.lock().unwrap().push((analysis.version, analysis.status));
        if let Some((log, event)) = &self.meanwhile {
            log.append(&log.analysis(), event, "n8n", None, Deadline::default()).await.unwrap();
        }
        self.outcome.clone()
    }
}
