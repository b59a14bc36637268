//! Makes one call of a workflow and records its outcome.

use std::time::Duration;

use analyses::{Analysis, AnalysisLog, AnalysisRequested, Event, Workflow};
use jiff::SignedDuration;
use shared::{
    deadline::Deadline,
    queue::{self, DeadLetterQueue, Delivery, Outcome, WorkResult},
    store::{self, StoreError},
};

use crate::{
    dead_letter::give_up,
    decide::{Attempt, Next, settle},
    deps::Deps,
    log::log,
    n8n,
    ports::CallWorkflow,
    record::{ACTOR, record},
};

/// Reserved for what follows a call. After the last attempt, that is to read the analysis, to leave
/// a dead letter and to record the end; otherwise to record the outcome and change visibility.
const RECORD: Duration =
    store::TIMEOUT.saturating_add(queue::TIMEOUT).saturating_add(store::TIMEOUT);
/// Reserved for a call and what follows.
const CALL: Duration = n8n::TIMEOUT.saturating_add(RECORD);

/// True when there is time for a call, and to record its start and its outcome.
pub(crate) fn fits(deadline: Deadline) -> bool {
    deadline.has(store::TIMEOUT + CALL)
}

/// Records the start of a call, and leaves time for the call and its outcome.
pub(crate) async fn begin(
    log: &impl AnalysisLog,
    analysis: &Analysis,
    attempt: Attempt,
    deadline: Deadline,
) -> Result<Analysis, StoreError> {
    let event = Event::Dispatched { attempt: attempt.number, lease_until: attempt.lease_until };
    log.append(analysis, &event, ACTOR, None, deadline.less(CALL)).await
}

/// Ends an analysis whose workflow is not called.
pub(crate) async fn end(
    log: &impl AnalysisLog,
    analysis: &Analysis,
    event: &Event,
    deadline: Deadline,
) -> WorkResult {
    match log.append(analysis, event, ACTOR, None, deadline).await {
        // The analysis has changed since it was read: decide again.
        Err(StoreError::Stale) => Ok(Outcome::RetryAfter(SignedDuration::ZERO)),
        appended => {
            appended?;
            tracing::warn!(
                analysis.id = %analysis.id,
                analysis.workflow = analysis.workflow,
                "the workflow is disabled and was not called"
            );
            Ok(Outcome::Ack)
        }
    }
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
        Next::GiveUp(reason) => give_up(deps, analysis, &reason, delivery).await,
    }
}
