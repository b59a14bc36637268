//! Queue `analyses`: starts the n8n workflow of a requested analysis.
//!
//! That a call begins is written down before it is made, so that a message that comes twice, or again after a crash, never makes two
//! calls at once.

pub mod backoff;
pub mod decide;
pub mod n8n;
pub mod ports;

use crate::{
    decide::{Attempt, Dispatch, Next, plan_dispatch, settle, undeliverable},
    ports::{CallWorkflow, DeadLetterQueue},
};
use analyses::{Analysis, AnalysisLog, AnalysisRequested, Event, FindWorkflow, Status, Workflow};
use jiff::{SignedDuration, Timestamp};
use shared::{
    Error,
    queue::{Delivery, Outcome, WorkResult},
    signing,
    store::StoreError,
};

const ACTOR: &str = "dispatch-analysis";
/// Longer than a call and its bookkeeping can take.
const LEASE: SignedDuration = SignedDuration::from_secs(30);

/// What dispatching needs from the deps; `chance` is a random number from 0 up to 1.
#[derive(Debug)]
pub struct Deps<L, W, D> {
    pub log: L,
    pub workflows: W,
    pub dead_letters: D,
    pub chance: fn() -> f64,
    pub clock: fn() -> Timestamp,
}

impl<D> Deps<analyses::AnalysisStore, n8n::N8n, D> {
    /// With the store and the n8n of the environment.
    pub fn from_env(
        http: &shared::http_client::HttpClient,
        dead_letters: D,
    ) -> Result<Self, shared::config::ConfigError> {
        Ok(Self::new(analyses::AnalysisStore::from_env(http)?, n8n::N8n::from_env(http)?, dead_letters))
    }
}

impl<L, W, D> Deps<L, W, D> {
    /// With the real clock and real chance.
    pub fn new(log: L, workflows: W, dead_letters: D) -> Self {
        Self { log, workflows, dead_letters, chance: signing::chance, clock: Timestamp::now }
    }
}

/// Calls the workflow if it is time to, and settles what the call came to.
pub async fn handle<L, W, D>(deps: &Deps<L, W, D>, delivery: Delivery<AnalysisRequested>) -> WorkResult
where
    L: AnalysisLog + FindWorkflow,
    W: CallWorkflow,
    D: DeadLetterQueue,
{
    let log = &deps.log;
    let Some(analysis) = log.load(delivery.message.analysis_id).await? else { return Ok(Outcome::Ack) };
    match plan_dispatch(&analysis, delivery.received_at, LEASE) {
        Dispatch::Nothing => Ok(Outcome::Ack),
        Dispatch::Wait(wait) => Ok(Outcome::RetryAfter(wait)),
        Dispatch::GiveUp => give_up(deps, &analysis, &undeliverable("its last call broke off"), &delivery.body).await,
        Dispatch::Call(attempt) => {
            // Whatever can fail before the call, fails before it counts as an attempt.
            let workflow = log.workflow(&analysis.workflow).await?.ok_or("the workflow is gone")?;
            match begin(log, &analysis, attempt).await {
                // Something happened since it was read: look again.
                Err(StoreError::Stale) => Ok(Outcome::RetryAfter(SignedDuration::ZERO)),
                begun => call(deps, &workflow, &begun?, attempt, &delivery.body).await,
            }
        }
    }
}

async fn begin(log: &impl AnalysisLog, analysis: &Analysis, attempt: Attempt) -> Result<Analysis, StoreError> {
    let event = Event::Dispatched { attempt: attempt.number, lease_until: attempt.lease_until };
    log.append(analysis, &event, ACTOR, None).await
}

async fn call<L, W, D>(
    deps: &Deps<L, W, D>,
    workflow: &Workflow,
    analysis: &Analysis,
    attempt: Attempt,
    body: &str,
) -> WorkResult
where
    L: AnalysisLog,
    W: CallWorkflow,
    D: DeadLetterQueue,
{
    let began_at = (deps.clock)();
    let outcome = deps.workflows.call(workflow, analysis, began_at).await;
    let ended_at = (deps.clock)();
    match settle(attempt, outcome, ended_at.duration_since(began_at), ended_at, (deps.chance)()) {
        Next::Done(event) => record(&deps.log, analysis, &event).await.map(|()| Outcome::Ack),
        Next::Retry(event, wait) => record(&deps.log, analysis, &event).await.map(|()| Outcome::RetryAfter(wait)),
        Next::GiveUp(event) => give_up(deps, analysis, &event, body).await,
    }
}

/// The message is kept before the end is written: after a crash between the two it is kept twice, which is harmless.
async fn give_up<L, W, D>(deps: &Deps<L, W, D>, analysis: &Analysis, event: &Event, body: &str) -> WorkResult
where
    L: AnalysisLog,
    D: DeadLetterQueue,
{
    let current = deps.log.load(analysis.id).await?;
    if current.is_none_or(|current| !matches!(current.status, Status::Requested | Status::Dispatched)) {
        // A callback was faster: the call got there after all.
        return Ok(Outcome::Ack);
    }
    deps.dead_letters.send(body).await?;
    tracing::error!(analysis.id = %analysis.id, "an analysis is undeliverable");
    record(&deps.log, analysis, event).await.map(|()| Outcome::Ack)
}

/// Appends what a call came to. When a callback was faster, what it said stands, and the call is not repeated.
async fn record(log: &impl AnalysisLog, analysis: &Analysis, event: &Event) -> Result<(), Error> {
    let mut current = analysis.clone();
    loop {
        match log.append(&current, event, ACTOR, None).await {
            Err(StoreError::Stale) => match log.load(current.id).await? {
                Some(newer) if newer.status == Status::Dispatched => current = newer,
                _ => return Ok(()),
            },
            appended => return Ok(appended.map(drop)?),
        }
    }
}
