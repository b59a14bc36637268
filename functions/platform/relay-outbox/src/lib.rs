//! Schedule, every minute: sends the messages of the outbox that their creators did not send.

mod outbox;
mod relay;

use std::time::Duration;

use shared::{
    Error,
    config::{ConfigError, SupabaseConfig},
    http_client::HttpClient,
    queue::{Publish, Queue, QueueName},
    schedule::{Job, Run},
    store::{MarkSent, Outbox},
};

use relay::Counts;

pub use outbox::{ClaimOutbox, Claims, Outgoing, Topic};
pub use relay::RESERVE;

pub const JOB: Job =
    Job { id: "relay-outbox", every: Duration::from_mins(1), timeout: Duration::from_secs(55) };

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
    let outcome = relay::relay(deps, run, &mut counts).await;
    counts.log();
    outcome
}
