//! Parses a callback and applies it, again when the analysis has changed since it was read.

use analyses::{Analysis, AnalysisLog, Event, Status, Violation, analysis_not_found};
use shared::{
    auth::Signed,
    deadline::Deadline,
    http::{HandlerResult, Request, parse_json},
    problem::Problem,
    store::StoreError,
};

use crate::{
    callback::{Callback, Effect, apply_callback},
    deps::Deps,
    receipt::{Receipt, ReceiptStatus},
};

const ACTOR: &str = "n8n";

/// One attempt to apply a callback.
enum Attempt {
    Settled(ReceiptStatus),
    /// The analysis has changed since it was read: decide again.
    DecideAgain,
}

pub(crate) async fn receive(
    deps: &Deps<impl AnalysisLog>,
    sender: &Signed,
    request: &Request,
) -> HandlerResult<Receipt> {
    let callback: Callback = parse_json(request.body())?;
    let token = request.query(&["token"])?.text("token").unwrap_or_default();
    let attempt = deps.tokens.attempt(callback.analysis_id, token).ok_or_else(foreign_token)?;
    let run = Reported { callback, attempt };
    loop {
        match apply(&deps.log, &run, sender.webhook_id(), request.deadline()).await? {
            Attempt::Settled(outcome) => return Ok(Receipt { outcome }),
            Attempt::DecideAgain => {}
        }
    }
}

/// A callback, and the call that started its run.
struct Reported {
    callback: Callback,
    attempt: u32,
}

fn foreign_token() -> Problem {
    let detail = "Send callbacks to the callback_url of the request, unchanged.";
    Problem::invalid("token", "invalid", detail)
}

async fn apply(
    log: &impl AnalysisLog,
    run @ Reported { callback, attempt }: &Reported,
    webhook_id: &str,
    deadline: Deadline,
) -> Result<Attempt, Problem> {
    let analysis =
        log.load(callback.analysis_id, deadline).await?.ok_or_else(analysis_not_found)?;
    let effect = apply_callback(&analysis, callback, *attempt)
        .map_err(|error| Problem::invalid("type", "incomplete", error.to_string()))?;
    match effect {
        Effect::Progress(percent) => {
            log.raise_progress(analysis.id, *attempt, percent, deadline)
                .await
                .map_err(not_appended)?;
            Ok(Attempt::Settled(ReceiptStatus::Applied))
        }
        Effect::Ignore => Ok(Attempt::Settled(ReceiptStatus::Ignored)),
        Effect::AppendFirst(event) => {
            match log.append(&analysis, &event, ACTOR, None, deadline).await {
                Ok(_) | Err(StoreError::Stale) => Ok(Attempt::DecideAgain),
                Err(error) => Err(not_appended(error)),
            }
        }
        Effect::Append(event) => {
            match log.append(&analysis, &event, ACTOR, Some(webhook_id), deadline).await {
                Ok(after) => Ok(Attempt::Settled(status(&analysis, &event, &after))),
                Err(StoreError::Stale) => Ok(Attempt::DecideAgain),
                Err(error) => match Violation::in_refusal(&error, "invalid_result") {
                    Some(violation) => {
                        let invalid = Invalid { run, webhook_id, violation };
                        refuse(log, &analysis, invalid, deadline).await
                    }
                    None => Err(not_appended(error)),
                },
            }
        }
    }
}

/// A result that does not match the schema of the workflow.
struct Invalid<'a> {
    run: &'a Reported,
    webhook_id: &'a str,
    violation: Violation,
}

/// Records the invalid result once for each message, and returns a 422. The analysis goes on: the
/// workflow may send a valid result, even with the same webhook id.
async fn refuse(
    log: &impl AnalysisLog,
    analysis: &Analysis,
    Invalid { run, webhook_id, violation }: Invalid<'_>,
    deadline: Deadline,
) -> Result<Attempt, Problem> {
    // Even an invalid result proves that the workflow runs; it must not be called again.
    let is_current = run.attempt == analysis.attempts;
    let (event, webhook_id) = if is_current && analysis.status == Status::Dispatched {
        (run.callback.acceptance(), None)
    } else {
        let Violation { field, detail } = violation.clone();
        (Event::ResultInvalid { field, detail }, Some(format!("invalid:{webhook_id}")))
    };
    match log.append(analysis, &event, ACTOR, webhook_id.as_deref(), deadline).await {
        Ok(_) if webhook_id.is_some() => Err(violation.problem()),
        Ok(_) | Err(StoreError::Stale) => Ok(Attempt::DecideAgain),
        Err(error) => Err(not_appended(error)),
    }
}

/// 404 for an analysis that was deleted since it was read.
fn not_appended(error: StoreError) -> Problem {
    match error {
        StoreError::Refused { code, .. } if code == "analysis_not_found" => analysis_not_found(),
        other => other.into(),
    }
}

fn status(before: &Analysis, event: &Event, after: &Analysis) -> ReceiptStatus {
    match event {
        _ if after.version == before.version => ReceiptStatus::Duplicate,
        Event::CallbackIgnored { .. } => ReceiptStatus::Ignored,
        _ => ReceiptStatus::Applied,
    }
}
