//! The schedule that sends the unsent messages of the outbox.

use std::time::Duration;

use jiff::Timestamp;
use relay_outbox::{ClaimOutbox, Deps, JOB, handle};
use serde_json::json;
use shared::{deadline::Deadline, schedule::Run, store::MarkSent};
use support::fakes::queues::{MemoryOutbox, MemoryQueue};

fn run() -> Run {
    Run { began_at: Timestamp::UNIX_EPOCH, deadline: Deadline::after(JOB.timeout) }
}

fn deps(
    outbox: &MemoryOutbox,
    queue: &MemoryQueue,
) -> Deps<MemoryOutbox, MemoryOutbox, MemoryQueue> {
    let (claims, outbox, refreshes) = (outbox.clone(), outbox.clone(), MemoryQueue::default());
    Deps { claims, outbox, analyses: queue.clone(), refreshes }
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
    let message =
        |number: usize| json!({ "type": "analysis.requested", "number": number }).to_string();
    assert_eq!(outbox.unsent(), [message(1)]);
    assert_eq!(queue.published(), [message(0), message(2)]);
}

#[tokio::test]
async fn a_message_is_sent_to_the_queue_of_its_topic() {
    let refresh = json!({ "type": "refresh.requested", "symbol": "AAPL" });
    let outbox = MemoryOutbox::with(1).and("refreshes", &refresh).and("analyses", &refresh);
    let (analyses, analysis) = (MemoryQueue::default(), outbox.unsent()[0].clone());
    let deps = deps(&outbox, &analyses);
    handle(&deps, run()).await.unwrap();
    assert_eq!(analyses.published(), [analysis]);
    assert_eq!(deps.refreshes.published(), [refresh.to_string()]);
    assert_eq!(outbox.unsent(), [refresh.to_string()]);
}

#[tokio::test]
async fn unknown_messages_are_left_and_the_others_are_sent() {
    let (events, cancelled, typeless) = (
        json!({ "type": "alert.fired" }),
        json!({ "type": "analysis.cancelled" }),
        json!({ "number": 1 }),
    );
    let outbox = MemoryOutbox::with(1)
        .and("events", &events)
        .and("analyses", &cancelled)
        .and("analyses", &typeless);
    let (queue, known) = (MemoryQueue::default(), outbox.unsent()[0].clone());
    handle(&deps(&outbox, &queue), run()).await.unwrap();
    assert_eq!(queue.published(), [known]);
    assert_eq!(outbox.unsent(), [events, cancelled, typeless].map(|it| it.to_string()));
}

#[tokio::test]
async fn more_unknown_messages_than_a_batch_do_not_hold_up_the_others() {
    let mut outbox = MemoryOutbox::with(0);
    for _ in 0..150 {
        outbox = outbox.and("unheard-of", &json!({ "type": "a.b" }));
    }
    let outbox = outbox.and("analyses", &json!({ "type": "analysis.requested" }));
    let queue = MemoryQueue::default();
    handle(&deps(&outbox, &queue), run()).await.unwrap();
    assert_eq!((queue.published().len(), outbox.unsent().len()), (1, 150));
}

#[tokio::test]
async fn a_queue_that_is_down_loses_nothing_and_fails_the_run() {
    let outbox = MemoryOutbox::with(3);
    let error = handle(&deps(&outbox, &MemoryQueue::down()), run()).await.unwrap_err();
    assert_eq!(error.to_string(), "the queue is unavailable");
    assert_eq!(outbox.unsent().len(), 3);
}

#[tokio::test]
async fn a_queue_that_is_down_does_not_hold_up_the_other() {
    let refresh = json!({ "type": "refresh.requested", "symbol": "AAPL" });
    // More analyses than a batch has, all older than the refresh.
    let outbox = MemoryOutbox::with(150).and("refreshes", &refresh);
    let deps = deps(&outbox, &MemoryQueue::down());
    let error = handle(&deps, run()).await.unwrap_err();
    assert_eq!(error.to_string(), "the queue is unavailable");
    assert_eq!(deps.refreshes.published(), [refresh.to_string()]);
    assert_eq!(outbox.unsent().len(), 150);
}

#[tokio::test]
async fn a_run_near_its_deadline_claims_nothing() {
    let (outbox, queue) = (MemoryOutbox::with(1), MemoryQueue::default());
    let over = Run { deadline: Deadline::after(Duration::from_secs(20)), ..run() };
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

mod on_the_stack {
    use std::time::{Duration, Instant};

    use serde_json::json;
    use support::{event_json, stack::Stack};
    use uuid::Uuid;

    const PATIENCE: Duration = Duration::from_secs(60);

    /// Adds an unsent message whose claim has expired; returns its id.
    async fn overdue(stack: &Stack, topic: &str, kind: &str) -> String {
        let id = Uuid::now_v7().to_string();
        let payload = json!({
            "type": kind, "analysis_id": id, "occurred_at": "2026-03-02T09:30:00Z", "version": 1,
            "traceparent": null,
        });
        let insert = "insert into public.outbox
                (id, topic, payload, occurred_at, claimed_until, claim_token)
            values ($1::text::uuid, $2, $3::text::jsonb, now(),
                now() - interval '1 second', gen_random_uuid())";
        let admin = stack.admin().await;
        admin.execute(insert, &[&id, &topic, &payload.to_string()]).await.unwrap();
        id
    }

    async fn is_sent(stack: &Stack, id: &str) -> bool {
        let sent = "select sent_at is not null from public.outbox where id::text = $1";
        stack.admin().await.query_one(sent, &[&id]).await.unwrap().get(0)
    }

    #[tokio::test]
    async fn a_message_of_an_unknown_topic_or_type_stays_in_the_outbox() {
        let stack = Stack::running();
        let known = overdue(&stack, "analyses", "analysis.requested").await;
        let unknown = [
            overdue(&stack, "events", "alert.fired").await,
            overdue(&stack, "analyses", "analysis.unheard-of").await,
        ];
        let event = event_json("relay-outbox");
        let deadline = Instant::now() + PATIENCE;
        // The scheduled run may have claimed them first.
        while !is_sent(&stack, &known).await {
            assert_eq!(stack.invoke("relay-outbox", &event).await.status, 200);
            assert!(Instant::now() < deadline, "the known message is not sent");
        }
        for id in unknown {
            assert!(!is_sent(&stack, &id).await);
            let delete = "delete from public.outbox where id::text = $1";
            stack.admin().await.execute(delete, &[&id]).await.unwrap();
        }
    }
}
