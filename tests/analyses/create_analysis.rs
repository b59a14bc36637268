//! `POST /v1/analyses`.

use analyses::fakes::MemoryRequests;
use create_analysis::{Deps, ROUTE, handle};
use jiff::Timestamp;
use serde_json::{Value, json};
use support::{
    Response,
    app::App,
    assert_problem, event_json,
    fakes::{
        keys::{Project, verified_as},
        queues::MemoryQueue,
    },
};

const OWNER: &str = "11111111-1111-4111-8111-111111111111";

/// A response, and the store and the queue after it.
struct Sent {
    reply: Response,
    requests: MemoryRequests,
    queue: MemoryQueue,
}

impl Sent {
    fn id(&self) -> String {
        self.reply.json()["id"].as_str().unwrap().to_owned()
    }
}

/// Sends the shipped event with an analyst's token.
async fn send() -> Sent {
    send_event(event_json("create-analysis"), "analyst", MemoryQueue::default()).await
}

/// Sends an event with the token of a user with this role.
async fn send_event(mut event: Value, role: impl Into<Value>, queue: MemoryQueue) -> Sent {
    let now = Timestamp::from_second(1_772_443_800).unwrap();
    let (verifier, token) = verified_as(Box::leak(Box::<Project>::default()), role, now);
    event["headers"]["authorization"] = json!(format!("Bearer {token}"));
    let requests = MemoryRequests::default();
    let (analyses, outbox) = (requests.clone(), requests.clone());
    let deps = Deps { analyses, queue: queue.clone(), outbox, quota: 100 };
    let app = App::default().at(now).mount(ROUTE, deps, handle, verifier);
    Sent { reply: app.respond("create-analysis", &event).await, requests, queue }
}

#[tokio::test]
async fn the_response_is_the_requested_analysis() {
    let sent = send().await;
    insta::assert_snapshot!(sent.reply.pretty().replace(&sent.id(), "<id>"), @r#"
    {
      "accepted_at": null,
      "dispatched_at": null,
      "error": null,
      "execution_id": null,
      "finished_at": null,
      "id": "<id>",
      "parameters": {
        "horizon_days": 30
      },
      "progress": null,
      "requested_at": "1970-01-01T00:00:00Z",
      "result": null,
      "status": "requested",
      "symbol": "AAPL",
      "version": 1,
      "workflow": "stock-analysis"
    }
    "#);
}

#[tokio::test]
async fn a_name_over_120_characters_is_a_422_problem_that_names_it() {
    let mut event = event_json("create-analysis");
    event["body"] = json!(json!({ "symbol": "AAPL", "workflow": "x".repeat(121) }).to_string());
    let sent = send_event(event, "analyst", MemoryQueue::default()).await;
    let problem = assert_problem(&sent.reply, 422, "validation_failed");
    assert_eq!(problem["errors"][0]["field"], "workflow", "{problem}");
}

#[tokio::test]
async fn an_optional_field_of_null_counts_as_left_out() {
    let mut event = event_json("create-analysis");
    event["body"] =
        json!(json!({ "symbol": "AAPL", "workflow": null, "parameters": null }).to_string());
    let body = send_event(event, "analyst", MemoryQueue::default()).await.reply.json();
    assert_eq!((&body["workflow"], &body["parameters"]), (&json!("stock-analysis"), &json!({})));
}

#[tokio::test]
async fn a_request_is_accepted_with_a_location_and_not_cached() {
    let Sent { reply, .. } = &send().await;
    let id = reply.json()["id"].as_str().unwrap().to_owned();
    assert_eq!((reply.status, reply.header("cache-control")), (202, "private, no-store"));
    assert_eq!(reply.header("location"), format!("https://api.example.com/v1/analyses/{id}"));
}

#[tokio::test]
async fn a_request_is_stored_with_its_owner() {
    let [stored] = send().await.requests.stored().try_into().unwrap();
    assert_eq!((&stored["owner"], &stored["symbol"]), (&json!(OWNER), &json!("AAPL")));
}

#[tokio::test]
async fn a_request_is_published_and_marked_as_sent() {
    let sent = send().await;
    assert_eq!(sent.queue.published(), [json!({ "analysis_id": sent.id() }).to_string()]);
    assert_eq!(sent.requests.marked(), 1);
}

#[tokio::test]
async fn requesting_an_analysis_requires_the_analyst_role() {
    for role in [json!("viewer"), json!(null), json!("emperor")] {
        let event = event_json("create-analysis");
        let sent = send_event(event, role.clone(), MemoryQueue::default()).await;
        let problem = assert_problem(&sent.reply, 403, "forbidden");
        assert_eq!(problem["detail"], "This requires the role analyst.", "{role}");
        assert_nothing_sent(&sent);
    }
}

#[tokio::test]
async fn analysts_operators_and_admins_may_request_an_analysis() {
    for role in ["analyst", "operator", "admin"] {
        let sent = send_event(event_json("create-analysis"), role, MemoryQueue::default()).await;
        assert_eq!(sent.reply.status, 202, "{role}");
    }
}

#[tokio::test]
async fn a_message_the_queue_does_not_accept_stays_in_the_outbox() {
    for queue in [MemoryQueue::down(), MemoryQueue::refusing(&[0])] {
        let sent = send_event(event_json("create-analysis"), "analyst", queue).await;
        assert_eq!(sent.reply.status, 202);
        assert_eq!((sent.requests.stored().len(), sent.requests.marked()), (1, 0));
    }
}

#[tokio::test]
async fn a_body_over_64_kib_is_a_413_problem_and_stores_nothing() {
    let body = json!({ "symbol": "AAPL", "parameters": { "note": "x".repeat(64 * 1024) } });
    assert_rejected(with_body(&body), 413, "payload_too_large").await;
}

#[tokio::test]
async fn parameters_that_are_a_list_are_a_422_problem_and_store_nothing() {
    let body = json!({ "symbol": "AAPL", "parameters": [1] });
    assert_rejected(with_body(&body), 422, "validation_failed").await;
}

#[tokio::test]
async fn an_unknown_query_parameter_is_a_400_problem_and_stores_nothing() {
    let mut event = event_json("create-analysis");
    event["rawQueryString"] = json!("dry=1");
    event["queryStringParameters"] = json!({ "dry": "1" });
    assert_rejected(event, 400, "unknown_parameter").await;
}

#[tokio::test]
async fn a_user_without_quota_left_is_told_when_to_retry() {
    let now = Timestamp::from_second(1_772_443_800).unwrap();
    let (verifier, token) = verified_as(Box::leak(Box::<Project>::default()), "analyst", now);
    let (requests, queue) = (MemoryRequests::default(), MemoryQueue::default());
    let (analyses, outbox) = (requests.clone(), requests.clone());
    let deps = Deps { analyses, queue: queue.clone(), outbox, quota: 1 };
    let app = App::default().at(now).mount(ROUTE, deps, handle, verifier);
    let mut event = event_json("create-analysis");
    event["headers"]["authorization"] = json!(format!("Bearer {token}"));
    assert_eq!(app.respond("create-analysis", &event).await.status, 202);
    let reply = app.respond("create-analysis", &event).await;
    assert_problem(&reply, 429, "quota_exceeded");
    assert_eq!(reply.header("retry-after"), "60");
    assert_eq!((requests.stored().len(), queue.published().len()), (1, 1));
}

fn with_body(body: &Value) -> Value {
    let mut event = event_json("create-analysis");
    event["body"] = json!(body.to_string());
    event
}

async fn assert_rejected(event: Value, status: u16, code: &str) {
    let sent = send_event(event, "analyst", MemoryQueue::default()).await;
    assert_problem(&sent.reply, status, code);
    assert_nothing_sent(&sent);
}

#[track_caller]
fn assert_nothing_sent(sent: &Sent) {
    assert_eq!((sent.requests.stored().len(), sent.queue.published().len()), (0, 0));
}

mod on_the_stack {
    use std::process::Stdio;

    use serde_json::{Value, json};
    use support::{
        Response, assert_problem, event_json,
        runtime_api::{Launch, Sandbox},
        stack::Stack,
        template,
    };

    /// Sends a shipped event to the stack, with the token of a new user.
    async fn send(name: &str) -> Response {
        let stack = Stack::running();
        let bearer = format!("Bearer {}", stack.sign_up().await.token);
        let event = event_json(name);
        let content_type = event["headers"]["content-type"].as_str().unwrap();
        let headers = [("authorization", bearer.as_str()), ("content-type", content_type)];
        let body = event["body"].as_str().unwrap().to_owned();
        stack.send("POST", "/v1/analyses", &headers, body).await
    }

    /// Sends a body to the stack, with the token of a new user.
    async fn post(body: &Value) -> Response {
        let stack = Stack::running();
        stack.post_json("/v1/analyses", Some(&stack.sign_up().await.token), body).await
    }

    #[tokio::test]
    async fn a_request_is_accepted_with_its_location() {
        let reply = send("create-analysis").await;
        let analysis = reply.json();
        assert_eq!((reply.status, &analysis["status"]), (202, &json!("requested")), "{analysis}");
        let path = format!("/v1/analyses/{}", analysis["id"].as_str().unwrap());
        assert!(reply.header("location").ends_with(&path), "{reply:?}");
        assert_eq!(analysis["parameters"]["horizon_days"], 30);
    }

    #[tokio::test]
    async fn workflow_and_parameters_have_defaults() {
        let analysis = send("create-analysis.symbol-only").await.json();
        assert_eq!(analysis["workflow"], "stock-analysis");
        assert_eq!(analysis["parameters"], json!({}));
    }

    #[tokio::test]
    async fn a_request_without_a_token_is_a_401_problem() {
        let body = json!({ "symbol": "AAPL" });
        let reply = Stack::running().post_json("/v1/analyses", None, &body).await;
        assert_problem(&reply, 401, "unauthenticated");
    }

    #[tokio::test]
    async fn an_invalid_token_is_a_401_problem() {
        let body = json!({ "symbol": "AAPL" });
        let reply = Stack::running().post_json("/v1/analyses", Some("not.a.token"), &body).await;
        assert_problem(&reply, 401, "invalid_token");
    }

    #[tokio::test]
    async fn an_unknown_symbol_is_a_404_problem() {
        assert_problem(&send("create-analysis.unknown-symbol").await, 404, "stock_not_found");
    }

    #[tokio::test]
    async fn a_body_that_is_a_list_is_a_422_problem() {
        let problem = assert_problem(&post(&json!(["AAPL"])).await, 422, "validation_failed");
        assert_eq!(problem["errors"][0]["detail"], "must be an object");
    }

    #[tokio::test]
    async fn a_body_without_a_symbol_is_a_422_problem_that_names_it() {
        let problem = assert_problem(&post(&json!({})).await, 422, "validation_failed");
        assert_eq!(problem["errors"][0]["field"], "symbol");
    }

    #[tokio::test]
    async fn an_unknown_workflow_is_a_404_problem() {
        assert_problem(&send("create-analysis.unknown-workflow").await, 404, "workflow_not_found");
    }

    #[tokio::test]
    async fn a_disabled_workflow_is_a_409_problem() {
        let workflow = Stack::running().add_workflow("off", false).await;
        let reply = post(&json!({ "symbol": "AAPL", "workflow": workflow })).await;
        assert_problem(&reply, 409, "workflow_disabled");
    }

    #[tokio::test]
    async fn an_analysis_of_a_stock_without_bars_is_a_409_problem_with_retry_after() {
        let symbol = Stack::running().add_stock("NEW").await;
        let reply = post(&json!({ "symbol": symbol })).await;
        assert_problem(&reply, 409, "metrics_not_ready");
        assert_eq!(reply.header("retry-after"), "60");
    }

    #[tokio::test]
    async fn a_body_that_does_not_match_the_schema_is_a_422_problem() {
        for name in ["invalid-symbol", "nul-character", "unknown-field"] {
            let reply = send(&format!("create-analysis.{name}")).await;
            assert_problem(&reply, 422, "validation_failed");
        }
    }

    #[tokio::test]
    async fn parameters_outside_the_schema_are_a_422_problem_that_names_the_field() {
        for (parameters, field, detail) in [
            (json!({ "horizon_days": 0 }), "parameters.horizon_days", "must be at least 1"),
            (
                json!({ "horizon_days": 1.5 }),
                "parameters.horizon_days",
                "must be of the type integer",
            ),
            (json!({ "horizon": 30 }), "parameters.horizon", "is not a known field"),
        ] {
            let reply = post(&json!({ "symbol": "AAPL", "parameters": parameters })).await;
            let problem = assert_problem(&reply, 422, "validation_failed");
            let error = &problem["errors"][0];
            assert_eq!((&error["field"], &error["detail"]), (&json!(field), &json!(detail)));
        }
        let whole = json!({ "symbol": "AAPL", "parameters": { "horizon_days": 30.0 } });
        assert_eq!(post(&whole).await.status, 202);
    }

    #[tokio::test]
    async fn a_malformed_body_is_a_400_problem() {
        assert_problem(&send("create-analysis.malformed-body").await, 400, "malformed_body");
    }

    /// The function, with a quota of one analysis.
    async fn with_a_quota_of_one(stack: &Stack) -> Sandbox {
        let env = [
            ("ANALYSES_PER_DAY", "1"),
            ("SUPABASE_URL", stack.get("base_url")),
            ("SUPABASE_SECRET_KEY", stack.get("secret_key")),
            ("ANALYSES_QUEUE_URL", stack.about["queues"]["AnalysesQueue"].as_str().unwrap()),
            ("AWS_ENDPOINT_URL", stack.get("ministack_url")),
            ("AWS_REGION", stack.get("region")),
            ("AWS_ACCESS_KEY_ID", stack.get("aws_access_key_id")),
            ("AWS_SECRET_ACCESS_KEY", stack.get("aws_secret_access_key")),
        ];
        let env = env.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let bootstrap = template::root().join("target/debug/create-analysis");
        Sandbox::start(&Launch { bootstrap, env, logs: Stdio::null }).await.unwrap()
    }

    #[tokio::test]
    async fn a_request_over_the_quota_is_a_429_problem_with_retry_after() {
        let stack = Stack::running();
        let sandbox = with_a_quota_of_one(&stack).await;
        let mut event = event_json("create-analysis");
        let bearer = format!("Bearer {}", stack.sign_up().await.token);
        event["headers"]["authorization"] = json!(bearer);
        let first: Value = serde_json::from_slice(&sandbox.invoke(&event).await.unwrap()).unwrap();
        assert_eq!(first["statusCode"], 202, "{first}");
        let reply: Value = serde_json::from_slice(&sandbox.invoke(&event).await.unwrap()).unwrap();
        let problem: Value = serde_json::from_str(reply["body"].as_str().unwrap()).unwrap();
        assert_eq!(
            (&reply["statusCode"], &problem["code"], &problem["detail"]),
            (
                &json!(429),
                &json!("quota_exceeded"),
                &json!("You can request 1 analyses within 24 hours.")
            )
        );
        let wait = reply["headers"]["retry-after"].as_str().unwrap();
        assert!((86_000..=86_400).contains(&wait.parse::<u32>().unwrap()), "{wait}");
    }

    #[tokio::test]
    async fn another_content_type_is_a_415_problem() {
        let reply = send("create-analysis.wrong-content-type").await;
        assert_problem(&reply, 415, "unsupported_media_type");
    }
}
