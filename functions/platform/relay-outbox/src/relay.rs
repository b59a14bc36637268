//! Sends batches of the outbox to the queues of their topics.

use std::time::Duration;

use shared::{
    Error,
    queue::{self, Publish},
    schedule::Run,
    store::{self, MarkSent},
};
use uuid::Uuid;

use crate::{
    deps::Deps,
    outbox::{ClaimOutbox, Outgoing, Topic},
};

const BATCH: u32 = 100;
/// Reserved to mark messages as sent: a message that is not marked is sent again.
const MARK: Duration = store::TIMEOUT;
/// The time in which the messages of one topic are sent and marked.
const TOPIC: Duration = queue::TIMEOUT.saturating_add(MARK);
/// The minimum time for another batch: to claim it, and to send and mark the messages of both
/// topics.
pub const RESERVE: Duration = store::TIMEOUT.saturating_add(TOPIC).saturating_add(TOPIC);

/// The messages of one run.
#[derive(Default)]
pub(crate) struct Counts {
    claimed: usize,
    sent: usize,
    unknown: usize,
}

impl Counts {
    pub(crate) fn log(&self) {
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

/// Sends batches until no message can be claimed or there is no time for another one. Returns the
/// first error. A queue that fails holds up neither the other queue nor later batches.
pub(crate) async fn relay(
    deps: &Deps<impl ClaimOutbox, impl MarkSent, impl Publish>,
    run: Run,
    counts: &mut Counts,
) -> Result<(), Error> {
    let mut outcome = Ok(());
    while run.deadline.has(RESERVE) {
        let claimed = deps.claims.claim(BATCH, run.deadline).await?;
        let Some(claim_token) = claimed.first().map(|message| message.claim_token) else {
            break;
        };
        let known: Vec<_> = claimed.iter().filter(|message| is_known(message)).collect();
        counts.claimed += claimed.len();
        counts.unknown += claimed.len() - known.len();
        for (topic, queue) in
            [(Topic::Analyses, &deps.analyses), (Topic::Refreshes, &deps.refreshes)]
        {
            let messages = known.iter().filter(|message| message.topic() == Some(topic));
            let messages: Vec<&Outgoing> = messages.copied().collect();
            match send(queue, &deps.outbox, &messages, claim_token, run).await {
                Ok(sent) => counts.sent += sent,
                Err(error) => outcome = outcome.and(Err(error)),
            }
        }
    }
    outcome
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

/// Returns the number of messages that the queue accepted and that are marked as sent.
async fn send(
    queue: &impl Publish,
    outbox: &impl MarkSent,
    messages: &[&Outgoing],
    claim_token: Uuid,
    run: Run,
) -> Result<usize, Error> {
    if messages.is_empty() {
        return Ok(0);
    }
    let bodies: Vec<_> = messages.iter().map(|message| &message.payload).collect();
    let failed = queue.publish(&bodies, Duration::ZERO, run.deadline.less(MARK)).await?;
    let accepted = messages.iter().enumerate().filter(|(index, _)| !failed.contains(index));
    let sent: Vec<Uuid> = accepted.map(|(_, message)| message.id).collect();
    outbox.mark_sent(&sent, claim_token, run.deadline).await?;
    Ok(sent.len())
}
