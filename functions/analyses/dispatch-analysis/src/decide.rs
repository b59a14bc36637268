//! Decides when to call the workflow, and how to continue after the outcome.

use jiff::{SignedDuration, Timestamp};

use crate::backoff::{MAX_ATTEMPTS, backoff};
use analyses::{Analysis, Event, Status};

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
    /// 202 with an execution id: the only proof that the workflow runs.
    Accepted { execution_id: String },
    /// A later call may succeed: no response, 404, 408, 425, 429, 5xx, or a 2xx other than a 202
    /// with an execution id.
    Unavailable { reason: &'static str, http_status: Option<u16> },
    /// A later call would be rejected, too.
    Refused { http_status: u16 },
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
        CallOutcome::Accepted { execution_id } => Next::Done(Event::Accepted { execution_id }),
        CallOutcome::Refused { http_status } => {
            Next::Done(failed("rejected", format!("The workflow returned {http_status}.")))
        }
        CallOutcome::Unavailable { reason, .. } if attempt.number >= MAX_ATTEMPTS => {
            Next::GiveUp(undeliverable(reason))
        }
        CallOutcome::Unavailable { reason, http_status } => {
            let wait = backoff(attempt.number, chance);
            let event = Event::AttemptFailed {
                attempt: attempt.number,
                outcome: reason,
                http_status,
                duration_ms: u64::try_from(took.as_millis()).unwrap_or_default(),
                next_attempt_at: now.saturating_add(wait).unwrap_or(Timestamp::MAX),
            };
            Next::Retry(event, wait)
        }
    }
}

/// The end of an analysis whose workflow could not be started.
pub fn undeliverable(reason: &str) -> Event {
    failed("undeliverable", format!("The workflow could not be started: {reason}."))
}

fn failed(code: &str, message: String) -> Event {
    Event::Failed { code: code.to_owned(), message, execution_id: None }
}
