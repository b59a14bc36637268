//! Decides when to call the workflow, and how to continue after the outcome.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::backoff::{DAY, LAST_ATTEMPT, after, backoff};
use analyses::{Analysis, Event, ExecutionId, Failure, Status};

/// The decision on a request to run an analysis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dispatch {
    /// Append `dispatched` for this attempt, then call.
    Call(Attempt),
    /// A call is in progress, or the next attempt is not due: retry after this time.
    Wait(SignedDuration),
    /// No other attempt may begin: the analysis is undeliverable, for this reason.
    GiveUp(&'static str),
    /// Append `redriven` with this id, unless it was used before; then decide again.
    Redrive(Uuid),
    /// The workflow runs, or the analysis has ended.
    Nothing,
}

/// One call of the workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// From 1; it goes on after a redrive.
    pub number: u32,
    /// From 1, since the request or the last redrive.
    pub of_day: u32,
    pub lease_until: Timestamp,
    /// No attempt begins later than this one.
    pub last_at: Timestamp,
}

/// The outcome of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallOutcome {
    /// A 2xx: the workflow runs, and another call would start it twice. A response without an
    /// execution id, or with another status than 202, is a mistake of form.
    Accepted { execution_id: Option<ExecutionId>, http_status: u16 },
    /// A later call may succeed: no response, an empty 200, or any status but those below.
    Unavailable(CallFailure),
    /// 400, 410 or 422: a later call would be rejected, too.
    Refused(CallFailure),
}

impl CallOutcome {
    /// Adds the `Retry-After` of the answer to an outcome after which the call is repeated.
    #[must_use]
    pub(crate) fn not_before(self, retry_after: Option<SignedDuration>) -> Self {
        match self {
            Self::Unavailable(failure) => Self::Unavailable(CallFailure { retry_after, ..failure }),
            other => other,
        }
    }
}

/// Why a call did not start the workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallFailure {
    /// By name: `refused`, `dns`, `tls`, `reset` or `timeout` without a response, `answered` or
    /// `not_registered` with one.
    pub cause: &'static str,
    /// Sentences for people: what happened, and where to look.
    pub detail: String,
    pub http_status: Option<u16>,
    /// `Retry-After`: no attempt is wanted before it has passed.
    pub retry_after: Option<SignedDuration>,
}

/// The decision after a call.
#[derive(Debug, Clone)]
pub enum Next {
    /// Append this; there is nothing more to do.
    Done(Event),
    /// Append this and retry after the delay.
    Retry(Event, SignedDuration),
    /// The analysis is undeliverable, for this reason.
    GiveUp(String),
}

/// Decides whether to call the workflow now. `redrive` is that of the message; `lease` is longer
/// than a call can take.
pub fn plan_dispatch(
    analysis: &Analysis,
    redrive: Option<Uuid>,
    now: Timestamp,
    lease: SignedDuration,
) -> Dispatch {
    match (analysis.status, redrive) {
        (Status::Requested | Status::Dispatched, _) => plan_call(analysis, now, lease),
        (Status::Failed | Status::Expired, Some(id)) if may_be_redriven(analysis) => {
            Dispatch::Redrive(id)
        }
        _ => Dispatch::Nothing,
    }
}

fn plan_call(analysis: &Analysis, now: Timestamp, lease: SignedDuration) -> Dispatch {
    let last_at = after(analysis.queued_at, LAST_ATTEMPT);
    match (analysis.lease_until, analysis.dispatched_at) {
        (Some(until), _) if until > now => Dispatch::Wait(until.duration_since(now)),
        (_, Some(begun_at)) if begun_at >= last_at => {
            Dispatch::GiveUp("The last call was interrupted.")
        }
        _ if now >= after(analysis.queued_at, DAY) => {
            Dispatch::GiveUp("Its message was not handled for a day.")
        }
        _ => Dispatch::Call(Attempt {
            number: analysis.attempts + 1,
            of_day: analysis.attempts.saturating_sub(analysis.earlier_attempts) + 1,
            lease_until: after(now, lease),
            last_at,
        }),
    }
}

fn may_be_redriven(analysis: &Analysis) -> bool {
    let code = analysis.error.as_ref().map(|error| error.code.as_str());
    analysis.status == Status::Expired || code == Some(Failure::UNDELIVERABLE)
}

/// Decides how to continue after a call that took `took` and ended at `now`. `chance` is a
/// random number in [0, 1): it spreads retries of calls that failed together.
pub fn settle(
    attempt: Attempt,
    outcome: CallOutcome,
    took: SignedDuration,
    now: Timestamp,
    chance: f64,
) -> Next {
    match outcome {
        CallOutcome::Accepted { execution_id, .. } => {
            let execution_id = execution_id.map(ExecutionId::into_string);
            Next::Done(Event::Accepted { execution_id })
        }
        CallOutcome::Refused(failure) => Next::Done(Event::Failed {
            code: "rejected".to_owned(),
            message: failure.detail,
            execution_id: None,
        }),
        CallOutcome::Unavailable(failure) if now >= attempt.last_at => Next::GiveUp(failure.detail),
        CallOutcome::Unavailable(failure) => retry(attempt, failure, took, now, chance),
    }
}

/// The next attempt begins after the backoff and after `Retry-After`, but not after the last one.
fn retry(
    attempt: Attempt,
    failure: CallFailure,
    took: SignedDuration,
    now: Timestamp,
    chance: f64,
) -> Next {
    let CallFailure { cause, detail, http_status, retry_after } = failure;
    let wait = backoff(attempt.of_day, chance).max(retry_after.unwrap_or_default());
    let next_attempt_at = after(now, wait).min(attempt.last_at);
    let event = Event::AttemptFailed {
        attempt: attempt.number,
        outcome: cause,
        detail,
        http_status,
        duration_ms: u64::try_from(took.as_millis()).unwrap_or_default(),
        next_attempt_at,
    };
    Next::Retry(event, next_attempt_at.duration_since(now))
}

/// The end of an analysis whose workflow was disabled after the request.
pub fn switched_off(workflow: &str) -> Event {
    Event::Failed {
        code: "workflow_disabled".to_owned(),
        message: format!("The workflow {workflow} was disabled before it was called."),
        execution_id: None,
    }
}
