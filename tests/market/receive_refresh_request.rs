//! `POST /hooks/receive-refresh-request`.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use market::Full;
use receive_refresh_request::{
    Deps, Item, ItemError, NewRefresh, ROUTE, RequestRefresh, Requested, Status, handle,
};
use serde_json::{Value, json, value::to_raw_value};
use shared::{
    deadline::Deadline,
    store::{MarkSent, OutboxMessage, StoreError},
    webhook::WebhookKeys,
};
use support::{
    Response, app::App, assert_problem, event_json, fakes::queues::MemoryQueue, logs::Logs,
};
use uuid::Uuid;

const ID: Uuid = Uuid::from_u128(7);

#[derive(Debug, PartialEq, Eq)]
struct Stored {
    webhook_id: String,
    full: Option<Full>,
    force: bool,
}

/// Requests in memory. IBM waits for its retry.
#[derive(Debug, Clone, Default)]
struct Requests {
    stored: Arc<Mutex<Vec<Stored>>>,
    marked: Arc<Mutex<Vec<Uuid>>>,
}

impl RequestRefresh for Requests {
    async fn request(&self, new: NewRefresh<'_>, _: Deadline) -> Result<Requested, StoreError> {
        let mut stored = self.stored.lock().unwrap();
        let is_known = stored.iter().any(|it| it.webhook_id == new.webhook_id);
        if !is_known {
            let webhook_id = new.webhook_id.to_owned();
            stored.push(Stored { webhook_id, full: new.full, force: new.force });
        }
        let items = new.symbols.iter().map(|symbol| {
            let waits = symbol.as_str() == "IBM" && !new.force;
            let error = waits.then(|| ItemError {
                code: "retry_later".to_owned(),
                detail: "The stock waits for the retry of a failed refresh.".to_owned(),
            });
            let status = if waits { Status::Skipped } else { Status::Queued };
            Item { symbol: symbol.clone(), status, error }
        });
        let items: Vec<Item> = items.collect();
        let queued = items.iter().filter(|item| item.status == Status::Queued && !is_known);
        let messages = queued.map(|item| OutboxMessage {
            id: ID,
            payload: to_raw_value(&json!({ "symbol": item.symbol })).unwrap(),
        });
        let messages = messages.collect();
        Ok(Requested { id: ID, items, claim_token: ID, messages })
    }
}

impl MarkSent for Requests {
    async fn mark_sent(&self, ids: &[Uuid], claim: Uuid, _: Deadline) -> Result<(), StoreError> {
        assert_eq!(claim, ID);
        self.marked.lock().unwrap().extend(ids);
        Ok(())
    }
}

fn keys() -> WebhookKeys {
    WebhookKeys::parse(&["whsec_YXh4eHNydm9PN1NMazZKSWlxMEFxMFRGbDVpdjJUajA=".to_owned().into()])
        .unwrap()
}

/// What is behind the function.
#[derive(Debug, Clone, Default)]
struct World {
    requests: Requests,
    queue: MemoryQueue,
}

impl World {
    fn with(queue: MemoryQueue) -> Self {
        Self { queue, ..Self::default() }
    }

    async fn signed(&self, name: &str) -> Response {
        self.signed_with(name, &json!({})).await
    }

    /// The sample event with these fields in its body.
    async fn signed_with(&self, name: &str, fields: &Value) -> Response {
        let mut event = event_json(name);
        let body = event["body"].as_str().unwrap().to_owned();
        if let Ok(mut json) = serde_json::from_str::<Value>(&body) {
            json.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
            event["body"] = json!(json.to_string());
        }
        self.signed_event(event).await
    }

    async fn signed_event(&self, mut event: Value) -> Response {
        let id = event["headers"]["webhook-id"].as_str().unwrap_or("msg_1");
        let signature = keys().sign(id, now(), event["body"].as_str().unwrap().as_bytes());
        event["headers"]["webhook-signature"] = Value::from(signature.unwrap());
        self.send(&event).await
    }

    async fn send(&self, event: &Value) -> Response {
        let (refreshes, queue, outbox) =
            (self.requests.clone(), self.queue.clone(), self.requests.clone());
        let app = App::default().at(now()).mount(
            ROUTE,
            Deps { refreshes, queue, outbox },
            handle,
            keys(),
        );
        app.respond("receive-refresh-request", event).await
    }
}

fn now() -> Timestamp {
    Timestamp::from_second(1_772_443_800).unwrap()
}

#[tokio::test]
async fn a_request_is_stored_and_its_items_are_queued() {
    let world = World::default();
    let response = world.signed("receive-refresh-request").await;
    assert_eq!(response.status, 202);
    insta::assert_snapshot!(response.pretty(), @r#"
    {
      "id": "00000000-0000-0000-0000-000000000007",
      "items": [
        {
          "error": null,
          "status": "queued",
          "symbol": "AAPL"
        },
        {
          "error": {
            "code": "retry_later",
            "detail": "The stock waits for the retry of a failed refresh."
          },
          "status": "skipped",
          "symbol": "IBM"
        }
      ]
    }
    "#);
    assert_eq!(world.queue.published(), [r#"{"symbol":"AAPL"}"#]);
    assert_eq!(*world.requests.marked.lock().unwrap(), [ID]);
}

#[tokio::test]
async fn the_line_of_a_request_has_the_id_of_its_refresh() {
    let logs = Logs::collect();
    World::default().signed("receive-refresh-request").await;
    assert_eq!(logs.line("request completed")["span"]["refresh.id"], ID.to_string());
}

#[tokio::test]
async fn a_redelivered_request_has_the_same_response_and_queues_nothing() {
    let world = World::default();
    let first = world.signed("receive-refresh-request").await;
    let second = world.signed("receive-refresh-request").await;
    assert_eq!((second.status, second.json()), (202, first.json()));
    assert_eq!(world.queue.published().len(), 1);
    assert_eq!(world.requests.stored.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_request_may_force_a_retry_and_replace_a_history() {
    let world = World::default();
    let fields = json!({ "full": "replace", "force": true });
    let response = world.signed_with("receive-refresh-request", &fields).await;
    assert_eq!(response.json()["items"][1]["status"], "queued");
    let stored = world.requests.stored.lock().unwrap();
    let [Stored { full, force, .. }] = &stored[..] else { panic!("{stored:?}") };
    assert_eq!((*full, *force), (Some(Full::Replace), true));
}

#[tokio::test]
async fn type_and_full_are_texts() {
    for (field, name) in [("type", "refresh.requested"), ("full", "replace")] {
        let fields = json!({ field: { name: null } });
        let reply = World::default().signed_with("receive-refresh-request", &fields).await;
        let problem = assert_problem(&reply, 422, "validation_failed");
        assert_eq!(problem["errors"][0]["field"], field, "{problem}");
    }
}

#[tokio::test]
async fn an_invalid_request_is_a_problem_and_stores_nothing() {
    for (name, status, code) in [
        ("receive-refresh-request.no-symbols", 400, "validation_failed"),
        ("receive-refresh-request.too-many-symbols", 400, "validation_failed"),
        ("receive-refresh-request.invalid-symbol", 422, "validation_failed"),
        ("receive-refresh-request.malformed-body", 400, "malformed_body"),
    ] {
        let world = World::default();
        assert_problem(&world.signed(name).await, status, code);
        assert_eq!(*world.requests.stored.lock().unwrap(), [], "{name}");
    }
}

#[tokio::test]
async fn an_unsigned_request_is_a_401_problem_and_stores_nothing() {
    for name in ["receive-refresh-request.unsigned", "receive-refresh-request"] {
        let world = World::default();
        let reply = world.send(&event_json(name)).await;
        assert_problem(&reply, 401, "invalid_signature");
        assert_eq!(reply.header("www-authenticate"), "Standard-Webhooks");
        assert_eq!(*world.requests.stored.lock().unwrap(), [], "{name}");
    }
}

#[tokio::test]
async fn a_request_that_is_not_a_post_is_a_405_problem_and_stores_nothing() {
    for method in ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        for name in ["receive-refresh-request.unsigned", "receive-refresh-request"] {
            let world = World::default();
            let mut event = event_json(name);
            event["requestContext"]["http"]["method"] = json!(method);
            let reply = world.signed_event(event).await;
            if method == "HEAD" {
                assert_eq!((reply.status, reply.body.len()), (405, 0));
            } else {
                assert_problem(&reply, 405, "method_not_allowed");
            }
            assert_eq!(reply.header("allow"), "POST");
            assert_eq!(*world.requests.stored.lock().unwrap(), [], "{name}");
        }
    }
}

#[tokio::test]
async fn a_message_the_queue_rejects_is_left_in_the_outbox() {
    for queue in [MemoryQueue::down(), MemoryQueue::refusing(&[0])] {
        let world = World::with(queue);
        assert_eq!(world.signed("receive-refresh-request").await.status, 202);
        assert!(world.requests.marked.lock().unwrap().is_empty());
    }
}

pub mod on_the_stack {
    use std::time::{Duration, Instant};

    use jiff::Timestamp;
    use serde_json::{Value, json};
    use shared::webhook::{ID, SIGNATURE, TIMESTAMP, WebhookKeys};
    use support::{Response, stack::Stack};
    use uuid::Uuid;

    /// Delivers a signed message with this id.
    pub async fn deliver(stack: &Stack, id: &str, body: &Value) -> Response {
        let keys = WebhookKeys::parse(&[stack.get("webhook_secret").to_owned().into()]).unwrap();
        let (body, now) = (body.to_string(), Timestamp::now());
        let seconds = now.as_second().to_string();
        let signature = keys.sign(id, now, body.as_bytes()).unwrap();
        let headers = [
            ("content-type", "application/json"),
            (ID, id),
            (TIMESTAMP, &seconds),
            (SIGNATURE, &signature),
        ];
        stack.send("POST", "/hooks/receive-refresh-request", &headers, body).await
    }

    #[tokio::test]
    async fn a_redelivery_shows_what_became_of_each_item() {
        let stack = Stack::running();
        let symbol = stack.add_stock("RR").await;
        let file = format!("{}/bars/{symbol}.csv", stack.get("standin_url"));
        let csv = "Date,Open,High,Low,Close,Volume\n2024-01-02,1,1,1,1,5\n".to_owned();
        assert_eq!(stack.send("PUT", &file, &[], csv).await.status, 204);
        let body = json!({ "type": "refresh.requested", "symbols": [symbol, "UNKNOWN"] });
        let webhook = format!("msg_{}", Uuid::now_v7());

        let first = deliver(&stack, &webhook, &body).await;
        assert_eq!(first.status, 202);
        let mut latest = first.json();
        let unknown = json!({
            "symbol": "UNKNOWN", "status": "skipped", "error": {
                "code": "stock_not_found", "detail": "There is no stock with this symbol.",
            },
        });
        let items = json!([{ "symbol": symbol, "status": "queued", "error": null }, unknown]);
        assert_eq!(latest["items"], items);

        let deadline = Instant::now() + Duration::from_secs(30);
        while latest["items"][0]["status"] == "queued" {
            assert!(Instant::now() < deadline, "{latest}");
            tokio::time::sleep(Duration::from_millis(50)).await;
            latest = deliver(&stack, &webhook, &body).await.json();
        }
        let items = json!([{ "symbol": symbol, "status": "done", "error": null }, unknown]);
        assert_eq!(latest, json!({ "id": first.json()["id"], "items": items }));
    }
}
