//! Starting the workflow: whether to call it now, and what a call came to.

use jiff::{SignedDuration, Timestamp};

use crate::backoff::{MAX_ATTEMPTS, backoff};
use analyses::{Analysis, Event, Status};

/// What to do with a message that asks for an analysis to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dispatch {
    /// Append `dispatched` with these figures, then call.
    Call(Attempt),
    /// Somebody else has the lease, or the next attempt is not due: come back then.
    Wait(SignedDuration),
    /// The last attempt's lease ran out without an end: it is undeliverable.
    GiveUp,
    /// It runs, or it is over.
    Nothing,
}

/// One call of the workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// From 1.
    pub number: u32,
    pub lease_until: Timestamp,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallOutcome {
    /// 202 with an execution id: the only proof that the workflow runs.
    Accepted { execution_id: String },
    /// The receiver may answer otherwise later: could not connect, a timeout, 404, 408, 429, 5xx,
    /// or a 2xx that proves nothing.
    Unavailable { reason: &'static str, http_status: Option<u16> },
    /// It will answer the same however often it is asked.
    Refused { http_status: u16 },
}

/// What follows from a call.
#[derive(Debug, Clone)]
pub enum Next {
    /// Append this; there is nothing more to do.
    Done(Event),
    /// Append this and come back after the wait.
    Retry(Event, SignedDuration),
    /// Append this and keep the message as a dead letter.
    GiveUp(Event),
}

/// Decides what to do now. `lease` is longer than a call can take.
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

/// Decides what follows from a call that took `took` and ended at `now`. `chance`, 0 up to 1,
/// spreads the retries.
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
