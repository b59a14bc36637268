//! Dead letters: the messages of undeliverable analyses.

use analyses::{Analysis, AnalysisLog, AnalysisRequested, Event, Failure, Status};
use jiff::SignedDuration;
use shared::{
    deadline::Deadline,
    queue::{DeadLetterQueue, Delivery, Outcome, WorkResult},
    store::StoreError,
};
use uuid::Uuid;

use crate::{
    deps::Deps,
    record::{ACTOR, record},
};

/// Sends the message to the dead-letter queue, then records the end: after a crash in between, it
/// is sent twice, which is harmless.
pub(crate) async fn give_up<L, W, D>(
    deps: &Deps<L, W, D>,
    analysis: &Analysis,
    reason: &str,
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
    let letter = delivery.message.dead_letter((deps.new_id)());
    deps.dead_letters.send(&serde_json::to_string(&letter)?, delivery.deadline).await?;
    tracing::error!(analysis.id = %analysis.id, "an analysis is undeliverable");
    record(&deps.log, analysis, &undeliverable(reason), delivery.deadline).await?;
    Ok(Outcome::Ack)
}

/// The end of an analysis whose workflow could not be started.
fn undeliverable(reason: &str) -> Event {
    Event::Failed {
        code: Failure::UNDELIVERABLE.to_owned(),
        message: format!("The workflow could not be started. {reason}"),
        execution_id: None,
    }
}

/// Requests an analysis that has ended again. The message is redelivered at once, and the call is
/// made then.
pub(crate) async fn redrive(
    log: &impl AnalysisLog,
    analysis: &Analysis,
    id: Uuid,
    deadline: Deadline,
) -> WorkResult {
    let (event, used_once) = (Event::Redriven { redrive: id }, format!("redrive_{id}"));
    match log.append(analysis, &event, ACTOR, Some(&used_once), deadline).await {
        // The id was used before: this is an ordinary redelivery of the message.
        Ok(unchanged) if unchanged.status.is_final() => Ok(Outcome::Ack),
        Ok(_) | Err(StoreError::Stale) => Ok(Outcome::RetryAfter(SignedDuration::ZERO)),
        Err(error) => Err(error.into()),
    }
}
