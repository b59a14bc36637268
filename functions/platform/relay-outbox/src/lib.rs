//! Schedule, every minute: sends the messages of the outbox that their creators did not send.

mod deps;
mod outbox;
mod relay;

use std::time::Duration;

use shared::{
    Error,
    queue::Publish,
    schedule::{Job, Run},
    store::MarkSent,
};

use relay::Counts;

pub use deps::Deps;
pub use outbox::{ClaimOutbox, Claims, Outgoing, Topic};
pub use relay::RESERVE;

pub const JOB: Job =
    Job { id: "relay-outbox", every: Duration::from_mins(1), timeout: Duration::from_secs(55) };

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
