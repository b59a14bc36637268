//! The log line of a call.

use analyses::Analysis;
use jiff::SignedDuration;

use crate::decide::{Attempt, CallFailure, CallOutcome};

const NO_ID: &str = "The workflow runs, but its answer has no execution id. Respond with 202 and \
                     {\"executionId\": \"<its execution id>\"}.";

/// Writes one line about a call: a warning unless the workflow was accepted with its id.
pub(crate) fn log(
    analysis: &Analysis,
    attempt: Attempt,
    outcome: &CallOutcome,
    took: SignedDuration,
) {
    let (outcome, status, cause, detail) = described(outcome);
    let (id, workflow) = (analysis.id.to_string(), &analysis.workflow);
    let (attempt, milliseconds) = (attempt.number, took.as_millis_f64());
    // The level of a `tracing` event is a constant. Fields without a value are left out.
    macro_rules! line {
        ($level:ident) => {
            tracing::$level!(
                analysis.id = id,
                analysis.workflow = workflow,
                call.attempt = attempt,
                call.outcome = outcome,
                call.status = status,
                call.duration_ms = milliseconds,
                call.cause = cause,
                call.detail = detail,
                "the workflow was called"
            )
        };
    }
    if detail.is_some() {
        line!(warn);
    } else {
        line!(info);
    }
}

type Described<'a> = (&'static str, Option<u16>, Option<&'static str>, Option<&'a str>);

/// Outcome, status, cause and detail.
fn described(outcome: &CallOutcome) -> Described<'_> {
    match outcome {
        CallOutcome::Accepted { execution_id: Some(_), http_status } => {
            ("accepted", Some(*http_status), None, None)
        }
        CallOutcome::Accepted { execution_id: None, http_status } => {
            ("accepted", Some(*http_status), Some("no_execution_id"), Some(NO_ID))
        }
        CallOutcome::Unavailable(failure) => failed("unavailable", failure),
        CallOutcome::Refused(failure) => failed("rejected", failure),
    }
}

fn failed<'a>(outcome: &'static str, failure: &'a CallFailure) -> Described<'a> {
    (outcome, failure.http_status, Some(failure.cause), Some(&failure.detail))
}
