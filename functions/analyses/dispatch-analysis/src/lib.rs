//! Queue `analyses`: starts the n8n workflow of a requested analysis.
//!
//! The start of a call is recorded before the call is made, so a redelivered message, even after a
//! crash, never makes a second call while the first may still run.

mod answer;
pub mod backoff;
mod call;
mod dead_letter;
pub mod decide;
mod deps;
mod log;
pub mod n8n;
pub mod ports;
mod record;

use std::time::Duration;

use analyses::{AnalysisLog, AnalysisRequested, FindWorkflow};
use jiff::SignedDuration;
use shared::{
    queue::{DeadLetterQueue, Delivery, Outcome, QueueName, Work, WorkResult},
    store::StoreError,
};

use crate::{
    call::{begin, call},
    dead_letter::{give_up, redrive},
    decide::{Dispatch, plan_dispatch, switched_off},
    ports::CallWorkflow,
};

pub use deps::Deps;

pub const WORK: Work<AnalysisRequested> =
    Work::new("dispatch-analysis", QueueName::Analyses, 1, Duration::from_secs(65));
/// An invocation with a call ends before its lease.
pub const LEASE: SignedDuration = SignedDuration::from_secs(65);
/// The wait when too little time is left for a call.
const SLOW_STORE: SignedDuration = SignedDuration::from_secs(30);

/// Calls the workflow when it is due and records the outcome.
pub async fn handle<L, W, D>(
    deps: &Deps<L, W, D>,
    delivery: Delivery<AnalysisRequested>,
) -> WorkResult
where
    L: AnalysisLog + FindWorkflow,
    W: CallWorkflow,
    D: DeadLetterQueue,
{
    let (log, deadline) = (&deps.log, delivery.deadline);
    let Some(analysis) = log.load(delivery.message.analysis_id, deadline).await? else {
        return Ok(Outcome::Ack);
    };
    match plan_dispatch(&analysis, delivery.message.redrive, delivery.received_at, LEASE) {
        Dispatch::Nothing => Ok(Outcome::Ack),
        Dispatch::Wait(wait) => Ok(Outcome::RetryAfter(wait)),
        Dispatch::GiveUp(reason) => give_up(deps, &analysis, reason, &delivery).await,
        Dispatch::Redrive(id) => redrive(log, &analysis, id, deadline).await,
        Dispatch::Call(attempt) => {
            // Whatever can fail before the call must fail here: `begin` uses up an attempt.
            let workflow = log
                .workflow(&analysis.workflow, deadline)
                .await?
                .ok_or("the workflow does not exist")?;
            if !workflow.enabled {
                return call::end(log, &analysis, &switched_off(&workflow.name), deadline).await;
            }
            if !call::fits(deadline) {
                return Ok(Outcome::RetryAfter(SLOW_STORE));
            }
            match begin(log, &analysis, attempt, deadline).await {
                // The analysis has changed since it was read: decide again.
                Err(StoreError::Stale) => Ok(Outcome::RetryAfter(SignedDuration::ZERO)),
                begun => call(deps, &workflow, &begun?, attempt, &delivery).await,
            }
        }
    }
}
