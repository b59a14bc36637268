//! `POST /hooks/receive-refresh-request`.

use jiff::Timestamp;
use receive_refresh_request::{Deps, ROUTE, handle};
use serde_json::{Value, json};
use shared::webhook::WebhookKeys;
use support::{Response, app::App, assert_problem, event_json, fakes::queues::MemoryQueue};

fn keys() -> WebhookKeys {
    WebhookKeys::parse(&["whsec_YXh4eHNydm9PN1NMazZKSWlxMEFxMFRGbDVpdjJUajA=".to_owned().into()])
        .unwrap()
}

async fn sent(name: &str, queue: MemoryQueue, signed: bool) -> (Response, Vec<String>) {
    let mut event = event_json(name);
    let now = Timestamp::from_second(1_772_443_800).unwrap();
    if signed {
        let id = event["headers"]["webhook-id"].as_str().unwrap();
        let body = event["body"].as_str().unwrap();
        event["headers"]["webhook-signature"] =
            Value::from(keys().sign(id, now, body.as_bytes()).unwrap());
    }
    let deps = Deps { refreshes: queue.clone() };
    let app = App::default().at(now).mount(ROUTE, deps, handle, keys());
    (app.respond("receive-refresh-request", &event).await, queue.published())
}

#[tokio::test]
async fn symbols_are_queued() {
    let (response, published) = sent("receive-refresh-request", MemoryQueue::default(), true).await;
    assert_eq!((response.status, response.json()), (202, json!({ "queued": ["AAPL", "IBM"] })));
    assert_eq!(published.len(), 2);
}

#[tokio::test]
async fn an_invalid_request_is_a_problem_and_queues_nothing() {
    for (name, signed, status, code) in [
        ("receive-refresh-request.unsigned", false, 401, "invalid_signature"),
        ("receive-refresh-request", false, 401, "invalid_signature"),
        ("receive-refresh-request.no-symbols", true, 400, "validation_failed"),
        ("receive-refresh-request.too-many-symbols", true, 400, "validation_failed"),
        ("receive-refresh-request.invalid-symbol", true, 422, "validation_failed"),
        ("receive-refresh-request.malformed-body", true, 400, "malformed_body"),
    ] {
        let (response, published) = sent(name, MemoryQueue::default(), signed).await;
        assert_problem(&response, status, code);
        assert_eq!(published, [""; 0], "{name}");
    }
}

#[tokio::test]
async fn a_queue_that_rejects_a_message_is_a_503_problem() {
    for queue in [MemoryQueue::down(), MemoryQueue::refusing(&[1])] {
        let (response, _) = sent("receive-refresh-request", queue, true).await;
        assert_problem(&response, 503, "upstream_unavailable");
    }
}
