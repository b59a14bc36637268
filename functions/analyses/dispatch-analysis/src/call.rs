//! Makes one call of a workflow and records its outcome.

use std::time::Duration;

use analyses::{Analysis, AnalysisLog, AnalysisRequested, Event, Status, Workflow};
use shared::{
    Error,
    deadline::Deadline,
    queue::{Delivery, Outcome, WorkResult},
    store::StoreError,
};

use crate::{
    decide::{Attempt, Next, settle},
    deps::Deps,
    log::log,
    ports::{CallWorkflow, DeadLetterQueue},
};

const ACTOR: &str = "dispatch-analysis";
/// Reserved to record the outcome of a call.
const RECORD: Duration = Duration::from_secs(5);
/// The minimum time for a call.
const LEAST: Duration = Duration::from_secs(5);
/// The minimum time to record the start of a call.
const BEGIN: Duration = Duration::from_secs(2);

/// True when there is time for a call, and to record its start and its outcome.
pub(crate) fn fits(deadline: Deadline) -> bool {
    deadline.has(BEGIN + LEAST + RECORD)
}

/// Records the start of a call, and leaves time for the call and its outcome.
pub(crate) async fn begin(
    log: &impl AnalysisLog,
    analysis: &Analysis,
    attempt: Attempt,
    deadline: Deadline,
) -> Result<Analysis, StoreError> {
    let event = Event::Dispatched { attempt: attempt.number, lease_until: attempt.lease_until };
    log.append(analysis, &event, ACTOR, None, deadline.less(LEAST + RECORD)).await
}

pub(crate) async fn call<L, W, D>(
    deps: &Deps<L, W, D>,
    workflow: &Workflow,
    analysis: &Analysis,
    attempt: Attempt,
    delivery: &Delivery<AnalysisRequested>,
) -> WorkResult
where
    L: AnalysisLog,
    W: CallWorkflow,
    D: DeadLetterQueue,
{
    let (began_at, deadline) = ((deps.clock)(), delivery.deadline);
    let outcome = deps.workflows.call(workflow, analysis, began_at, deadline.less(RECORD)).await;
    let ended_at = (deps.clock)();
    let took = ended_at.duration_since(began_at);
    log(analysis, attempt, &outcome, took);
    match settle(attempt, outcome, took, ended_at, (deps.chance)()) {
        Next::Done(event) => {
            record(&deps.log, analysis, &event, deadline).await?;
            Ok(Outcome::Ack)
        }
        Next::Retry(event, wait) => {
            record(&deps.log, analysis, &event, deadline).await?;
            Ok(Outcome::RetryAfter(wait))
        }
        Next::GiveUp(event) => give_up(deps, analysis, &event, delivery).await,
    }
}

/// Sends the message to the dead-letter queue, then records the end: after a crash in between, it
/// is sent twice, which is harmless.
pub(crate) async fn give_up<L, W, D>(
    deps: &Deps<L, W, D>,
    analysis: &Analysis,
    event: &Event,
    delivery: &Delivery<AnalysisRequested>,
) -> WorkResult
where
    L: AnalysisLog,
    D: DeadLetterQueue,
{
    let current = deps.log.load(analysis.id, delivery.deadline).await?;
    if current
        .is_none_or(|current| !matches!(current.status, Status::Requested | Status::Dispatched))
    {
        // The analysis was deleted, or a callback came first: the workflow was started after all.
        return Ok(Outcome::Ack);
    }
    deps.dead_letters.send(&delivery.body, delivery.deadline).await?;
    tracing::error!(analysis.id = %analysis.id, "an analysis is undeliverable");
    record(&deps.log, analysis, event, delivery.deadline).await?;
    Ok(Outcome::Ack)
}

/// Appends the outcome of a call. When a callback came first, the callback stands and nothing is
/// appended.
async fn record(
    log: &impl AnalysisLog,
    analysis: &Analysis,
    event: &Event,
    deadline: Deadline,
) -> Result<(), Error> {
    let mut current = analysis.clone();
    loop {
        match log.append(&current, event, ACTOR, None, deadline).await {
            Err(StoreError::Stale) => match log.load(current.id, deadline).await? {
                Some(newer) if newer.status == Status::Dispatched => current = newer,
                _ => return Ok(()),
            },
            appended => return Ok(appended.map(drop)?),
        }
    }
}
