//! Decides when to call the workflow, and how to continue after the outcome.

use jiff::{SignedDuration, Timestamp};

use crate::backoff::{MAX_ATTEMPTS, backoff};
use analyses::{Analysis, Event, ExecutionId, Status};

/// The decision on a request to run an analysis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dispatch {
    /// Append `dispatched` for this attempt, then call.
    Call(Attempt),
    /// A call is in progress, or the next attempt is not due: retry after this time.
    Wait(SignedDuration),
    /// The lease of the last attempt expired without an outcome: the analysis is undeliverable.
    GiveUp,
    /// The workflow runs, or the analysis has ended.
    Nothing,
}

/// One call of the workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// From 1.
    pub number: u32,
    pub lease_until: Timestamp,
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

/// Why a call did not start the workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallFailure {
    /// By name: `refused`, `dns`, `tls`, `reset` or `timeout` without a response, `answered` or
    /// `not_registered` with one.
    pub cause: &'static str,
    /// Sentences for people: what happened, and where to look.
    pub detail: String,
    pub http_status: Option<u16>,
}

/// The decision after a call.
#[derive(Debug, Clone)]
pub enum Next {
    /// Append this; there is nothing more to do.
    Done(Event),
    /// Append this and retry after the delay.
    Retry(Event, SignedDuration),
    /// Send the message to the dead-letter queue, then append this.
    GiveUp(Event),
}

/// Decides whether to call the workflow now. `lease` is longer than a call can take.
pub fn plan_dispatch(analysis: &Analysis, now: Timestamp, lease: SignedDuration) -> Dispatch {
    match (analysis.status, analysis.lease_until) {
        (Status::Dispatched, Some(until)) if until > now => {
            Dispatch::Wait(until.duration_since(now))
        }
        (Status::Requested | Status::Dispatched, _) if analysis.attempts >= MAX_ATTEMPTS => {
            Dispatch::GiveUp
        }
        (Status::Requested | Status::Dispatched, _) => Dispatch::Call(Attempt {
            number: analysis.attempts + 1,
            lease_until: now.saturating_add(lease).unwrap_or(Timestamp::MAX),
        }),
        _ => Dispatch::Nothing,
    }
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
        CallOutcome::Refused(failure) => Next::Done(failed("rejected", failure.detail)),
        CallOutcome::Unavailable(failure) if attempt.number >= MAX_ATTEMPTS => {
            Next::GiveUp(undeliverable(&failure.detail))
        }
        CallOutcome::Unavailable(CallFailure { cause, detail, http_status }) => {
            let wait = backoff(attempt.number, chance);
            let event = Event::AttemptFailed {
                attempt: attempt.number,
                outcome: cause,
                detail,
                http_status,
                duration_ms: u64::try_from(took.as_millis()).unwrap_or_default(),
                next_attempt_at: now.saturating_add(wait).unwrap_or(Timestamp::MAX),
            };
            Next::Retry(event, wait)
        }
    }
}

/// The end of an analysis whose workflow could not be started; `detail` is about the last call.
pub fn undeliverable(detail: &str) -> Event {
    failed("undeliverable", format!("The workflow could not be started. {detail}"))
}

fn failed(code: &str, message: String) -> Event {
    Event::Failed { code: code.to_owned(), message, execution_id: None }
}
