//! Schedule, every minute: sends the messages of the outbox that their creators did not send.

mod outbox;

use std::time::Duration;

use shared::{
    Error,
    config::{ConfigError, SupabaseConfig},
    http_client::HttpClient,
    queue::{Publish, Queue, QueueName},
    schedule::{Job, Run},
    store::{MarkSent, Outbox},
};
use uuid::Uuid;

pub use outbox::{ClaimOutbox, Claims, Outgoing, Topic};

pub const JOB: Job =
    Job { id: "relay-outbox", every: Duration::from_mins(1), timeout: Duration::from_secs(55) };
const BATCH: u32 = 100;
/// The minimum time for another batch.
const RESERVE: Duration = Duration::from_secs(10);
/// Reserved to mark messages as sent: a message that is not marked is sent again.
const MARK: Duration = Duration::from_secs(3);

/// The outbox, and the queue of its messages.
#[derive(Debug)]
pub struct Deps<C, O, Q> {
    pub claims: C,
    pub outbox: O,
    pub analyses: Q,
}

impl Deps<Claims, Outbox, Queue> {
    pub fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        let supabase = SupabaseConfig::secret()?;
        Ok(Self {
            claims: Claims::new(&supabase, http),
            outbox: Outbox::new(&supabase, http),
            analyses: Queue::from_env(QueueName::Analyses, http)?,
        })
    }
}

/// Sends batches until no message can be claimed or there is no time for another batch. A message
/// that the queue does not accept is sent by a later run, after its claim has expired.
pub async fn handle(
    deps: &Deps<impl ClaimOutbox, impl MarkSent, impl Publish>,
    run: Run,
) -> Result<(), Error> {
    while run.deadline.has(RESERVE) {
        let claimed = deps.claims.claim(BATCH, run.deadline).await?;
        let Some(claim_token) = claimed.first().map(|message| message.claim_token) else {
            return Ok(());
        };
        let sent = send(&deps.analyses, &claimed, run).await?;
        deps.outbox.mark_sent(&sent, claim_token, run.deadline).await?;
        tracing::info!(
            outbox.claimed = claimed.len(),
            outbox.sent = sent.len(),
            "messages were relayed"
        );
    }
    Ok(())
}

/// Returns the ids of the messages that the queue accepted.
async fn send(analyses: &impl Publish, claimed: &[Outgoing], run: Run) -> Result<Vec<Uuid>, Error> {
    let (mut ids, mut bodies) = (Vec::new(), Vec::new());
    for message in claimed {
        match message.topic {
            Topic::Analyses => {
                ids.push(message.id);
                bodies.push(&message.payload);
            }
        }
    }
    let failed = analyses.publish(&bodies, Duration::ZERO, run.deadline.less(MARK)).await?;
    let accepted = ids.into_iter().enumerate().filter(|(index, _)| !failed.contains(index));
    Ok(accepted.map(|(_, id)| id).collect())
}
