//! The callbacks of a workflow, and their effect on the analysis.

use serde::Deserialize;

use analyses::{
    Analysis, AnalysisId, Event, ExecutionId, Status, StorableJson, StorableText, WholeNumber,
};

/// A callback, as n8n sends it. Other fields are ignored: workflow authors may add their own.
#[derive(Debug, Clone, Deserialize)]
pub struct Callback {
    #[serde(rename = "type")]
    kind: Kind,
    pub analysis_id: AnalysisId,
    #[serde(alias = "executionId")]
    execution_id: Option<ExecutionId>,
    progress: Option<WholeNumber>,
    result: Option<StorableJson>,
    error: Option<Reason>,
}

/// The failure that a workflow reports.
#[derive(Debug, Clone, Deserialize)]
struct Reason {
    code: StorableText,
    message: StorableText,
}

// From a text only: serde would also accept `{"analysis.failed": null}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
enum Kind {
    Progress,
    Succeeded,
    Failed,
}

impl TryFrom<String> for Kind {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, &'static str> {
        let mut all = [Self::Progress, Self::Succeeded, Self::Failed].into_iter();
        all.find(|kind| kind.name() == name)
            .ok_or("must be analysis.progress, analysis.succeeded or analysis.failed")
    }
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Progress => "analysis.progress",
            Self::Succeeded => "analysis.succeeded",
            Self::Failed => "analysis.failed",
        }
    }
}

/// A field that the type of the callback requires is missing or out of range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    #[error("analysis.progress requires progress from 0 to 100")]
    Progress,
    #[error("analysis.succeeded requires result")]
    Result,
    #[error("analysis.failed requires error with code and message")]
    Error,
}

/// The effect of a callback.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Append this event.
    Append(Event),
    /// The callback proves that the workflow runs, but no event says so yet: append this one, then
    /// decide again.
    AppendFirst(Event),
    /// Raise the progress to this percentage.
    Progress(u8),
    /// Late progress: nothing is stored.
    Ignore,
}

/// Decides the effect of a callback of the run that call number `attempt` started.
///
/// The run of the last call is the current one, even before the response to that call. The first
/// success of any run ends an analysis that has not ended; any other end counts only from the
/// current run. What does not count is recorded without effect, but late progress is not stored.
pub fn apply_callback(
    analysis: &Analysis,
    callback: &Callback,
    attempt: u32,
) -> Result<Effect, CallbackError> {
    let report = callback.report()?;
    let is_current = attempt == analysis.attempts;
    Ok(match (analysis.status, report) {
        (status, Report::End(event @ Event::Succeeded { .. })) if !status.is_final() => {
            Effect::Append(event)
        }
        (Status::Dispatched | Status::Accepted, Report::End(event)) if is_current => {
            Effect::Append(event)
        }
        (_, Report::End(_)) => {
            Effect::Append(Event::CallbackIgnored { callback: callback.kind.name(), attempt })
        }
        (Status::Dispatched, Report::Progress(_)) if is_current => {
            Effect::AppendFirst(callback.acceptance())
        }
        (Status::Accepted, Report::Progress(percent)) if is_current => Effect::Progress(percent),
        (_, Report::Progress(_)) => Effect::Ignore,
    })
}

enum Report {
    Progress(u8),
    End(Event),
}

impl Callback {
    /// The event that this callback proves: its workflow runs.
    pub(crate) fn acceptance(&self) -> Event {
        Event::Accepted { execution_id: self.execution_id() }
    }

    fn report(&self) -> Result<Report, CallbackError> {
        match self.kind {
            Kind::Progress => {
                let percent = self.progress.and_then(|progress| u8::try_from(progress.get()).ok());
                let percent = percent.filter(|percent| *percent <= 100);
                percent.map(Report::Progress).ok_or(CallbackError::Progress)
            }
            Kind::Succeeded => {
                let result = self.result.clone().ok_or(CallbackError::Result)?.into_inner();
                Ok(Report::End(Event::Succeeded { execution_id: self.execution_id(), result }))
            }
            Kind::Failed => {
                let Reason { code, message } = self.error.clone().ok_or(CallbackError::Error)?;
                let (code, message) = (code.into_string(), message.into_string());
                let execution_id = self.execution_id();
                Ok(Report::End(Event::Failed { code, message, execution_id }))
            }
        }
    }

    fn execution_id(&self) -> Option<String> {
        self.execution_id.clone().map(ExecutionId::into_string)
    }
}
