//! `POST /v1/analyses`.

use analyses::fakes::MemoryRequests;
use create_analysis::{Deps, ROUTE, handle};
use jiff::Timestamp;
use serde_json::{Value, json};
use shared::auth::{AuthConfig, TokenVerifier};
use support::{
    Response,
    app::App,
    assert_problem, event_json,
    fakes::{keys::Project, queues::MemoryQueue},
};

const SUPABASE: &str = "https://project.supabase.co";
const OWNER: &str = "11111111-1111-4111-8111-111111111111";

fn now() -> Timestamp {
    Timestamp::from_second(1_772_443_800).unwrap()
}

/// Sends the event, with an analyst's token; what was answered, stored and queued.
async fn sent(event: Value, queue: MemoryQueue) -> (Response, MemoryRequests, MemoryQueue) {
    sent_by(&json!("analyst"), event, queue).await
}

async fn sent_by(
    role: &Value,
    event: Value,
    queue: MemoryQueue,
) -> (Response, MemoryRequests, MemoryQueue) {
    let (project, requests) =
        (Box::leak(Box::<Project>::default()) as &'static Project, MemoryRequests::default());
    let claims = json!({ "iss": format!("{SUPABASE}/auth/v1"), "aud": "authenticated", "role": "authenticated",
        "exp": now().as_second() + 60, "sub": OWNER, "is_anonymous": false, "user_role": role });
    let mut event = event;
    event["headers"]["authorization"] = json!(format!("Bearer {}", project.signed(&claims)));
    let config = AuthConfig { url: SUPABASE.to_owned(), legacy_secret: None };
    let deps = Deps { analyses: requests.clone(), queue: queue.clone(), outbox: requests.clone() };
    let app =
        App::default().at(now()).mount(ROUTE, deps, handle, TokenVerifier::new(&config, project));
    (app.respond("create-analysis", &event).await, requests, queue)
}

#[tokio::test]
async fn a_request_is_stored_as_its_sender_s_queued_and_marked() {
    let (answer, requests, queue) =
        sent(event_json("create-analysis"), MemoryQueue::default()).await;
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    assert_eq!((answer.status, answer.header("cache-control")), (202, "private, no-store"));
    assert_eq!(answer.header("location"), format!("https://api.example.com/v1/analyses/{id}"));
    let [stored] = requests.stored().try_into().unwrap();
    assert_eq!((&stored["owner"], &stored["symbol"]), (&json!(OWNER), &json!("AAPL")));
    assert_eq!(queue.published(), [json!({ "analysis_id": id }).to_string()]);
    assert_eq!(requests.marked(), 1);
}

#[tokio::test]
async fn only_an_analyst_or_who_is_more_requests_an_analysis() {
    for role in [json!("viewer"), json!(null), json!("emperor")] {
        let (answer, requests, queue) =
            sent_by(&role, event_json("create-analysis"), MemoryQueue::default()).await;
        assert_eq!(
            assert_problem(&answer, 403, "forbidden")["detail"],
            "This requires the role analyst.",
            "{role}"
        );
        assert_eq!((requests.stored().len(), queue.published().len()), (0, 0), "{role}");
    }
    for role in ["analyst", "operator", "admin"] {
        let (answer, ..) =
            sent_by(&json!(role), event_json("create-analysis"), MemoryQueue::default()).await;
        assert_eq!(answer.status, 202, "{role}");
    }
}

#[tokio::test]
async fn a_message_the_queue_does_not_take_stays_in_the_outbox() {
    for queue in [MemoryQueue::down(), MemoryQueue::refusing(&[0])] {
        let (answer, requests, _) = sent(event_json("create-analysis"), queue).await;
        assert_eq!((answer.status, requests.stored().len(), requests.marked()), (202, 1, 0));
    }
}

#[tokio::test]
async fn bad_input_stores_and_queues_nothing() {
    let mut large = event_json("create-analysis");
    large["body"] = json!(format!(
        r#"{{"symbol":"AAPL","parameters":{{"note":"{}"}}}}"#,
        "x".repeat(64 * 1024)
    ));
    let mut list = event_json("create-analysis");
    list["body"] = json!(r#"{"symbol":"AAPL","parameters":[1]}"#);
    let mut query = event_json("create-analysis");
    (query["rawQueryString"], query["queryStringParameters"]) =
        (json!("dry=1"), json!({ "dry": "1" }));
    let refused = [
        (large, 413, "payload_too_large"),
        (list, 422, "validation_failed"),
        (query, 400, "unknown_parameter"),
    ];
    for (event, status, code) in refused {
        let (answer, requests, queue) = sent(event, MemoryQueue::default()).await;
        assert_problem(&answer, status, code);
        assert_eq!((requests.stored().len(), queue.published().len()), (0, 0));
    }
}

mod on_the_stack {
    use support::{Response, assert_problem, event_json, stack::Stack};

    /// Sends a shipped event to the stack, with the token of a new user.
    async fn sent(name: &str) -> Response {
        let stack = Stack::running();
        let bearer = format!("Bearer {}", stack.sign_up().await.token);
        let event = event_json(name);
        let content_type = event["headers"]["content-type"].as_str().unwrap();
        let body = event["body"].as_str().unwrap().to_owned();
        stack
            .send(
                "POST",
                "/v1/analyses",
                &[("authorization", &bearer), ("content-type", content_type)],
                body,
            )
            .await
    }

    #[tokio::test]
    async fn a_request_is_accepted_with_its_address() {
        let answer = sent("create-analysis").await;
        let analysis = answer.json();
        assert_eq!(
            (answer.status, analysis["status"].as_str()),
            (202, Some("requested")),
            "{analysis}"
        );
        assert!(
            answer
                .header("location")
                .ends_with(&format!("/v1/analyses/{}", analysis["id"].as_str().unwrap()))
        );
        assert_eq!(analysis["parameters"]["horizon_days"], 30);
    }

    #[tokio::test]
    async fn workflow_and_parameters_have_defaults() {
        let analysis = sent("create-analysis.symbol-only").await.json();
        assert_eq!(analysis["workflow"], "stock-analysis");
        assert_eq!(analysis["parameters"], serde_json::json!({}));
    }

    #[tokio::test]
    async fn a_request_of_nobody_is_a_401_problem() {
        let body = serde_json::json!({ "symbol": "AAPL" });
        let answer = Stack::running().post_json("/v1/analyses", None, &body).await;
        assert_problem(&answer, 401, "unauthenticated");
    }

    #[tokio::test]
    async fn a_token_of_somebody_else_is_a_401_problem() {
        let body = serde_json::json!({ "symbol": "AAPL" });
        let answer = Stack::running().post_json("/v1/analyses", Some("not.a.token"), &body).await;
        assert_problem(&answer, 401, "invalid_token");
    }

    #[tokio::test]
    async fn an_unknown_symbol_is_a_404_problem() {
        assert_problem(&sent("create-analysis.unknown-symbol").await, 404, "stock_not_found");
    }

    #[tokio::test]
    async fn a_list_is_no_body_although_its_items_would_fit() {
        let stack = Stack::running();
        let token = stack.sign_up().await.token;
        let list =
            stack.post_json("/v1/analyses", Some(&token), &serde_json::json!(["AAPL"])).await;
        assert_eq!(
            assert_problem(&list, 422, "validation_failed")["errors"][0]["detail"],
            "must be an object"
        );
        let empty = stack.post_json("/v1/analyses", Some(&token), &serde_json::json!({})).await;
        assert_eq!(
            assert_problem(&empty, 422, "validation_failed")["errors"][0]["field"],
            "symbol"
        );
    }

    #[tokio::test]
    async fn an_unknown_workflow_is_a_404_problem() {
        assert_problem(&sent("create-analysis.unknown-workflow").await, 404, "workflow_not_found");
    }

    #[tokio::test]
    async fn a_workflow_that_is_switched_off_is_a_409_problem() {
        let stack = Stack::running();
        let workflow = stack.add_workflow("off", false).await;
        let body = serde_json::json!({ "symbol": "AAPL", "workflow": workflow });
        let answer =
            stack.post_json("/v1/analyses", Some(&stack.sign_up().await.token), &body).await;
        assert_problem(&answer, 409, "workflow_disabled");
    }

    #[tokio::test]
    async fn a_body_of_another_shape_is_a_422_problem() {
        for name in ["invalid-symbol", "nul-character", "unknown-field"] {
            assert_problem(
                &sent(&format!("create-analysis.{name}")).await,
                422,
                "validation_failed",
            );
        }
    }

    #[tokio::test]
    async fn a_body_that_is_no_json_is_a_400_problem() {
        assert_problem(&sent("create-analysis.malformed-body").await, 400, "malformed_body");
    }

    #[tokio::test]
    async fn another_content_type_is_a_415_problem() {
        assert_problem(
            &sent("create-analysis.wrong-content-type").await,
            415,
            "unsupported_media_type",
        );
    }
}
