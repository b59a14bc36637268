//! Schedule, every minute: sends the messages of the outbox that their creators did not send.

mod outbox;

use std::time::Duration;

use shared::{
    Error,
    config::{ConfigError, SupabaseConfig},
    http_client::HttpClient,
    queue::{self, Publish, Queue, QueueName},
    schedule::{Job, Run},
    store::{self, MarkSent, Outbox},
};
use uuid::Uuid;

pub use outbox::{ClaimOutbox, Claims, Outgoing, Topic};

pub const JOB: Job =
    Job { id: "relay-outbox", every: Duration::from_mins(1), timeout: Duration::from_secs(55) };
const BATCH: u32 = 100;
/// The minimum time for another batch: to claim, to send and to mark messages.
pub const RESERVE: Duration = store::TIMEOUT.saturating_add(queue::TIMEOUT).saturating_add(MARK);
/// Reserved to mark messages as sent: a message that is not marked is sent again.
const MARK: Duration = store::TIMEOUT;

/// The outbox, and the queues of its messages.
#[derive(Debug)]
pub struct Deps<C, O, Q> {
    pub claims: C,
    pub outbox: O,
    pub analyses: Q,
    pub refreshes: Q,
}

impl Deps<Claims, Outbox, Queue> {
    pub fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        let supabase = SupabaseConfig::secret()?;
        Ok(Self {
            claims: Claims::new(&supabase, http),
            outbox: Outbox::new(&supabase, http),
            analyses: Queue::from_env(QueueName::Analyses, http)?,
            refreshes: Queue::from_env(QueueName::Refreshes, http)?,
        })
    }
}

/// Sends batches until no message can be claimed or there is no time for another batch. A message
/// that the queue does not accept is sent by a later run, after its claim has expired. So is a
/// message that this version does not know (see [`Outgoing::topic`]), by a newer version.
pub async fn handle(
    deps: &Deps<impl ClaimOutbox, impl MarkSent, impl Publish>,
    run: Run,
) -> Result<(), Error> {
    let mut counts = Counts::default();
    let outcome = relay(deps, run, &mut counts).await;
    counts.log();
    outcome
}

async fn relay(
    deps: &Deps<impl ClaimOutbox, impl MarkSent, impl Publish>,
    run: Run,
    counts: &mut Counts,
) -> Result<(), Error> {
    while run.deadline.has(RESERVE) {
        let claimed = deps.claims.claim(BATCH, run.deadline).await?;
        let Some(claim_token) = claimed.first().map(|message| message.claim_token) else {
            return Ok(());
        };
        let known: Vec<_> = claimed.iter().filter(|message| is_known(message)).collect();
        counts.claimed += claimed.len();
        counts.unknown += claimed.len() - known.len();
        for (topic, queue) in
            [(Topic::Analyses, &deps.analyses), (Topic::Refreshes, &deps.refreshes)]
        {
            let messages = known.iter().filter(|message| message.topic() == Some(topic));
            let messages: Vec<&Outgoing> = messages.copied().collect();
            if messages.is_empty() {
                continue;
            }
            let sent = send(queue, &messages, run).await?;
            deps.outbox.mark_sent(&sent, claim_token, run.deadline).await?;
            counts.sent += sent.len();
        }
    }
    Ok(())
}

/// The messages of one run.
#[derive(Default)]
struct Counts {
    claimed: usize,
    sent: usize,
    unknown: usize,
}

impl Counts {
    fn log(&self) {
        let Self { claimed, sent, unknown } = *self;
        if claimed > 0 {
            tracing::info!(
                outbox.claimed = claimed,
                outbox.sent = sent,
                outbox.unknown = unknown,
                "messages were relayed"
            );
        }
    }
}

fn is_known(message: &Outgoing) -> bool {
    let known = message.topic().is_some();
    if !known {
        tracing::warn!(
            outbox.id = %message.id,
            outbox.topic = message.topic,
            "an unknown message stays in the outbox"
        );
    }
    known
}

/// Returns the ids of the messages that the queue accepted.
async fn send(queue: &impl Publish, known: &[&Outgoing], run: Run) -> Result<Vec<Uuid>, Error> {
    let bodies: Vec<_> = known.iter().map(|message| &message.payload).collect();
    let failed = queue.publish(&bodies, Duration::ZERO, run.deadline.less(MARK)).await?;
    let accepted = known.iter().enumerate().filter(|(index, _)| !failed.contains(index));
    Ok(accepted.map(|(_, message)| message.id).collect())
}
