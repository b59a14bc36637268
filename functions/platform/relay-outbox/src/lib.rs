//! Schedule, every minute: sends the messages that their creators left in the outbox.

mod outbox;

pub use outbox::{ClaimOutbox, Claims, Outgoing, Topic};

use std::time::Duration;

use jiff::SignedDuration;
use shared::{Error, queue::Publish, schedule::Tick, store::MarkSent};
use uuid::Uuid;

const BATCH: u32 = 100;
/// Enough to finish a batch that has begun.
const RESERVE: SignedDuration = SignedDuration::from_secs(10);

/// Goes on until the outbox is empty or the time is nearly up. A message that a queue does not take stays claimed for a while, and is
/// tried again in a later run.
pub async fn handle(
    claims: &impl ClaimOutbox,
    outbox: &impl MarkSent,
    analyses: &impl Publish,
    tick: Tick,
) -> Result<(), Error> {
    while tick.remaining() > RESERVE {
        let claimed = claims.claim(BATCH).await?;
        let Some(claim_token) = claimed.first().map(|message| message.claim_token) else { return Ok(()) };
        let sent = send(analyses, &claimed).await?;
        outbox.mark_sent(&sent, claim_token).await?;
        tracing::info!(outbox.claimed = claimed.len(), outbox.sent = sent.len(), "messages were relayed");
    }
    Ok(())
}

/// The ids of the messages that were taken.
async fn send(analyses: &impl Publish, claimed: &[Outgoing]) -> Result<Vec<Uuid>, Error> {
    let (mut ids, mut bodies) = (Vec::new(), Vec::new());
    for message in claimed {
        match message.topic {
            Topic::Analyses => {
                ids.push(message.id);
                bodies.push(&message.payload);
            }
        }
    }
    let failed = analyses.publish(&bodies, Duration::ZERO).await?;
    let taken = ids.into_iter().enumerate().filter(|(index, _)| !failed.contains(index));
    Ok(taken.map(|(_, id)| id).collect())
}
