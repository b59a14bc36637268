//! The schedule that sends the unsent messages of the outbox.

use std::time::Duration;

use jiff::Timestamp;
use relay_outbox::{ClaimOutbox, Deps, handle};
use shared::{deadline::Deadline, schedule::Run, store::MarkSent};
use support::fakes::queues::{MemoryOutbox, MemoryQueue};

fn run() -> Run {
    Run { began_at: Timestamp::UNIX_EPOCH, deadline: Deadline::default() }
}

fn deps(
    outbox: &MemoryOutbox,
    queue: &MemoryQueue,
) -> Deps<MemoryOutbox, MemoryOutbox, MemoryQueue> {
    Deps { claims: outbox.clone(), outbox: outbox.clone(), analyses: queue.clone() }
}

#[tokio::test]
async fn unsent_messages_are_published_unchanged() {
    let (outbox, queue) = (MemoryOutbox::with(250), MemoryQueue::default());
    let expected = outbox.unsent();
    handle(&deps(&outbox, &queue), run()).await.unwrap();
    assert_eq!(queue.published(), expected);
    assert!(outbox.unsent().is_empty());
}

#[tokio::test]
async fn an_empty_outbox_sends_nothing() {
    let queue = MemoryQueue::default();
    handle(&deps(&MemoryOutbox::with(0), &queue), run()).await.unwrap();
    assert!(queue.published().is_empty());
}

#[tokio::test]
async fn only_published_messages_are_marked() {
    let (outbox, queue) = (MemoryOutbox::with(3), MemoryQueue::refusing(&[1]));
    handle(&deps(&outbox, &queue), run()).await.unwrap();
    assert_eq!(outbox.unsent(), [r#"{"number":1}"#]);
    assert_eq!(queue.published(), [r#"{"number":0}"#, r#"{"number":2}"#]);
}

#[tokio::test]
async fn a_queue_that_is_down_loses_nothing_and_fails_the_run() {
    let outbox = MemoryOutbox::with(3);
    let error = handle(&deps(&outbox, &MemoryQueue::down()), run()).await.unwrap_err();
    assert_eq!(error.to_string(), "the queue is unavailable");
    assert_eq!(outbox.unsent().len(), 3);
}

#[tokio::test]
async fn a_run_near_its_deadline_claims_nothing() {
    let (outbox, queue) = (MemoryOutbox::with(1), MemoryQueue::default());
    let over = Run { deadline: Deadline::after(Duration::from_secs(9)), ..run() };
    handle(&deps(&outbox, &queue), over).await.unwrap();
    assert!(queue.published().is_empty());
    assert_eq!(outbox.unsent().len(), 1);
}

/// As `database::outbox` asserts of the real one.
#[tokio::test]
async fn a_claim_has_one_owner_until_its_message_is_sent() {
    let outbox = MemoryOutbox::with(1);
    let [message] = outbox.claim(1, Deadline::default()).await.unwrap().try_into().unwrap();
    assert!(outbox.claim(1, Deadline::default()).await.unwrap().is_empty());
    outbox.mark_sent(&[message.id], uuid::Uuid::new_v4(), Deadline::default()).await.unwrap();
    assert_eq!(outbox.unsent().len(), 1, "only the owner of the claim marks messages");
    outbox.mark_sent(&[message.id], message.claim_token, Deadline::default()).await.unwrap();
    assert!(outbox.unsent().is_empty());
}
