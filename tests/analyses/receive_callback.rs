//! The function URL that receives n8n's callbacks.

use analyses::{AnalysisId, CallbackTokens, Status, fakes::MemoryAnalyses};
use jiff::Timestamp;
use receive_callback::{Deps, ROUTE, handle};
use serde_json::{Value, json};
use shared::{
    signing::SigningKeys,
    webhook::{ID, SIGNATURE, TIMESTAMP, WebhookKeys},
};
use support::{Response, app::App, assert_problem, event_json, logs::Logs};

type World = (WebhookKeys, MemoryAnalyses);

fn now() -> Timestamp {
    Timestamp::from_second(1_772_443_800).unwrap()
}

fn keys() -> WebhookKeys {
    WebhookKeys::parse(&["whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=".into()]).unwrap()
}

fn world(status: Status) -> World {
    called(status, 1)
}

/// An analysis after this many calls.
fn called(status: Status, attempts: u32) -> World {
    let log = MemoryAnalyses::with(|analysis| {
        (analysis.status, analysis.attempts) = (status, attempts);
    });
    (keys(), log)
}

fn tokens() -> CallbackTokens {
    let secret = "0123456789abcdef0123456789abcdef".into();
    CallbackTokens::new(SigningKeys::derive(&[secret], CallbackTokens::LABEL).unwrap())
}

/// The event of the run of the first call, sent now and signed with our secret.
fn signed(keys: &WebhookKeys, event: Value) -> Value {
    let body: Value = serde_json::from_str(event["body"].as_str().unwrap()).unwrap_or_default();
    let id = body["analysis_id"].as_str().and_then(|id| id.parse().ok());
    let id: AnalysisId = id.unwrap_or_else(MemoryAnalyses::id);
    signed_of(&tokens().issue(id, 1).unwrap(), keys, event)
}

/// The event with this token, sent now and signed with our secret.
fn signed_of(token: &str, keys: &WebhookKeys, mut event: Value) -> Value {
    event["rawQueryString"] = json!(format!("token={token}"));
    event["queryStringParameters"] = json!({ "token": token });
    let id = event["headers"][ID].as_str().unwrap().to_owned();
    let body = event["body"].as_str().unwrap().to_owned();
    event["headers"][TIMESTAMP] = json!(now().as_second().to_string());
    event["headers"][SIGNATURE] = json!(keys.sign(&id, now(), body.as_bytes()).unwrap());
    event
}

async fn send(world: &World, event: &Value) -> Response {
    let (deps, keys) = (Deps { log: world.1.clone(), tokens: tokens() }, keys());
    App::default()
        .at(now())
        .mount(ROUTE, deps, handle, keys)
        .respond("receive-callback", event)
        .await
}

async fn sent(world: &World, name: &str) -> Response {
    send(world, &signed(&world.0, event_json(name))).await
}

#[tokio::test]
async fn a_result_ends_the_analysis() {
    let world = world(Status::Accepted);
    let reply = sent(&world, "receive-callback").await;
    assert_eq!((reply.status, reply.json()), (200, json!({ "outcome": "applied" })));
    let event = &world.1.events()[0];
    assert_eq!(
        (&event["type"], &event["data"]["result"]["verdict"]),
        (&json!("succeeded"), &json!("bearish"))
    );
}

#[tokio::test]
async fn text_the_database_cannot_store_is_rejected_and_changes_nothing() {
    let world = world(Status::Accepted);
    let id = "019cade2-11c0-7c0a-9b5e-3f1d2a6b8c47";
    for (field, rest) in [
        ("result", r#""type":"analysis.succeeded","result":{"summary":"\u0000"}"#),
        ("result", r#""type":"analysis.succeeded","result":{"a":["\ud800"]}"#),
        ("execution_id", r#""type":"analysis.succeeded","result":{},"execution_id":"\u0000""#),
        ("error.message", r#""type":"analysis.failed","error":{"code":"a","message":"\u0000"}"#),
    ] {
        let mut event = event_json("receive-callback");
        event["body"] = format!(r#"{{"analysis_id":"{id}",{rest}}}"#).into();
        let problem =
            assert_problem(&send(&world, &signed(&world.0, event)).await, 422, "validation_failed");
        assert_eq!(problem["errors"][0]["field"], field, "{problem}");
    }
    assert_eq!(world.1.types(), [""; 0]);
}

#[tokio::test]
async fn a_result_outside_the_schema_is_a_422_problem_and_the_analysis_goes_on() {
    let world = (keys(), world(Status::Accepted).1.requiring("score"));
    for _ in 0..2 {
        let reply = sent(&world, "receive-callback").await;
        let problem = assert_problem(&reply, 422, "validation_failed");
        assert_eq!(problem["errors"][0]["field"], "result.score", "{problem}");
    }
    assert_eq!(world.1.types(), ["result_invalid"]);
    let data = json!({ "field": "result.score", "detail": "is required" });
    assert_eq!(world.1.events()[0]["data"], data);

    let mut valid = event_json("receive-callback");
    let body = valid["body"].as_str().unwrap().replace("\"verdict\"", "\"score\":1,\"verdict\"");
    valid["body"] = json!(body);
    let reply = send(&world, &signed(&world.0, valid)).await;
    assert_eq!(reply.json(), json!({ "outcome": "applied" }));
    assert_eq!(world.1.types(), ["result_invalid", "succeeded"]);
}

#[tokio::test]
async fn an_invalid_result_before_the_response_of_the_call_accepts_the_analysis() {
    let world = (keys(), world(Status::Dispatched).1.requiring("score"));
    assert_problem(&sent(&world, "receive-callback").await, 422, "validation_failed");
    assert_eq!(world.1.types(), ["accepted", "result_invalid"]);
}

#[tokio::test]
async fn a_failure_ends_the_analysis() {
    let world = world(Status::Accepted);
    let reply = sent(&world, "receive-callback.failed").await;
    assert_eq!((reply.status, reply.json()), (200, json!({ "outcome": "applied" })));
    assert_eq!(world.1.types(), ["failed"]);
    assert_eq!(world.1.events()[0]["data"]["execution_id"], "1042");
}

#[tokio::test]
async fn a_result_before_the_response_of_the_call_is_applied() {
    let world = world(Status::Dispatched);
    assert_eq!(sent(&world, "receive-callback").await.json(), json!({ "outcome": "applied" }));
    assert_eq!(world.1.types(), ["succeeded"]);
}

#[tokio::test]
async fn progress_before_the_response_of_the_call_accepts_the_analysis() {
    let world = world(Status::Dispatched);
    let reply = sent(&world, "receive-callback.progress").await;
    assert_eq!((reply.status, reply.json()), (200, json!({ "outcome": "applied" })));
    assert_eq!(world.1.types(), ["accepted"]);
    assert_eq!(world.1.analysis().status, Status::Accepted);
    assert!(world.1.progress().is_some());
}

#[tokio::test]
async fn the_same_result_three_times_counts_once() {
    let world = world(Status::Accepted);
    assert_eq!(sent(&world, "receive-callback").await.json()["outcome"], "applied");
    for _ in 0..2 {
        let reply = sent(&world, "receive-callback").await;
        assert_eq!((reply.status, reply.json()), (200, json!({ "outcome": "duplicate" })));
    }
    assert_eq!(world.1.types(), ["succeeded"]);
}

#[tokio::test]
async fn a_result_after_the_end_is_recorded_as_ignored() {
    let world = world(Status::Failed);
    let reply = sent(&world, "receive-callback").await;
    assert_eq!((reply.status, reply.json()), (200, json!({ "outcome": "ignored" })));
    assert_eq!(world.1.types(), ["callback_ignored"]);
    assert_eq!(world.1.analysis().status, Status::Failed);
}

#[tokio::test]
async fn an_unsigned_callback_is_a_401_problem_and_changes_nothing() {
    let world = world(Status::Accepted);
    let reply = send(&world, &event_json("receive-callback.unsigned")).await;
    assert_problem(&reply, 401, "invalid_signature");
    assert!(world.1.events().is_empty());
}

#[tokio::test]
async fn a_callback_that_is_not_a_post_is_a_405_problem_and_changes_nothing() {
    for method in ["GET", "PUT"] {
        let world = world(Status::Accepted);
        let mut event = signed(&world.0, event_json("receive-callback"));
        event["requestContext"]["http"]["method"] = json!(method);
        let reply = send(&world, &event).await;
        assert_problem(&reply, 405, "method_not_allowed");
        assert_eq!(reply.header("allow"), "POST");
        assert!(world.1.events().is_empty());
    }
}

#[tokio::test]
async fn an_id_that_is_not_hyphenated_is_a_422_problem() {
    let id = "019cade2-11c0-7c0a-9b5e-3f1d2a6b8c47";
    let others = [format!("urn:uuid:{id}"), format!("{{{id}}}"), id.replace('-', "")];
    for (id, status) in others.map(|id| (id, 422)).into_iter().chain([(id.to_uppercase(), 200)]) {
        let world = world(Status::Accepted);
        let mut event = event_json("receive-callback");
        let mut body: Value = serde_json::from_str(event["body"].as_str().unwrap()).unwrap();
        body["analysis_id"] = json!(id);
        event["body"] = json!(body.to_string());
        assert_eq!(send(&world, &signed(&world.0, event)).await.status, status, "{id}");
    }
}

#[tokio::test]
async fn a_callback_whose_body_was_changed_is_a_401_problem() {
    let world = world(Status::Accepted);
    let mut event = signed(&world.0, event_json("receive-callback"));
    event["body"] = json!(event["body"].as_str().unwrap().replace("bearish", "bullish"));
    assert_problem(&send(&world, &event).await, 401, "invalid_signature");
    assert!(world.1.events().is_empty());
}

#[tokio::test]
async fn a_refused_callback_logs_the_analysis_that_its_body_names() {
    let world = world(Status::Accepted);
    let id = "019cade2-11c0-7c0a-9b5e-3f1d2a6b8c47";
    for (name, id, code) in [
        ("unsigned", id, "invalid_signature"),
        ("missing-result", id, "validation_failed"),
        ("unknown-type", id, "validation_failed"),
        ("unknown-analysis", "019cb308-6dc0-7c0a-9b5e-3f1d2a6b8c47", "analysis_not_found"),
    ] {
        let mut event = event_json(&format!("receive-callback.{name}"));
        if name != "unsigned" {
            event = signed(&world.0, event);
        }
        let logs = Logs::collect();
        send(&world, &event).await;
        let line = logs.line("the webhook was refused");
        assert_eq!((&line["analysis.id"], &line["problem.code"]), (&json!(id), &json!(code)));
    }
}

#[tokio::test]
async fn a_refused_callback_without_an_analysis_logs_none() {
    let world = world(Status::Accepted);
    let mut event = event_json("receive-callback.unsigned");
    event["body"] = json!(r#"{"analysis_id": "a secret"}"#);
    let logs = Logs::collect();
    send(&world, &event).await;
    assert!(logs.lines().iter().all(|line| line.get("analysis.id").is_none()));
}

#[tokio::test]
async fn an_unknown_analysis_is_a_404_problem() {
    let reply = sent(&world(Status::Accepted), "receive-callback.unknown-analysis").await;
    assert_problem(&reply, 404, "analysis_not_found");
}

#[tokio::test]
async fn a_success_without_a_result_is_a_400_problem() {
    let world = world(Status::Accepted);
    assert_problem(
        &sent(&world, "receive-callback.missing-result").await,
        400,
        "validation_failed",
    );
    assert!(world.1.events().is_empty());
}

#[tokio::test]
async fn an_unknown_type_is_a_422_problem() {
    let reply = sent(&world(Status::Accepted), "receive-callback.unknown-type").await;
    assert_problem(&reply, 422, "validation_failed");
}

#[tokio::test]
async fn a_type_that_is_no_text_is_a_422_problem_that_names_it() {
    let world = world(Status::Accepted);
    for other in [json!(7), json!({ "analysis.succeeded": null }), json!(null)] {
        let mut event = event_json("receive-callback");
        let mut body: Value = serde_json::from_str(event["body"].as_str().unwrap()).unwrap();
        body["type"] = other;
        event["body"] = json!(body.to_string());
        let reply = send(&world, &signed(&world.0, event)).await;
        let problem = assert_problem(&reply, 422, "validation_failed");
        assert_eq!(problem["errors"][0]["field"], "type", "{problem}");
    }
    assert_eq!(world.1.events(), [Value::Null; 0]);
}

#[tokio::test]
async fn a_malformed_body_is_a_400_problem() {
    let reply = sent(&world(Status::Accepted), "receive-callback.malformed-body").await;
    assert_problem(&reply, 400, "malformed_body");
}

#[tokio::test]
async fn a_body_over_256_kib_is_a_413_problem() {
    let world = world(Status::Accepted);
    let mut event = event_json("receive-callback");
    event["body"] = json!("x".repeat(256 * 1024 + 1));
    assert_problem(&send(&world, &signed(&world.0, event)).await, 413, "payload_too_large");
}

#[tokio::test]
async fn a_callback_without_the_token_of_its_analysis_changes_nothing() {
    let world = world(Status::Accepted);
    let other = tokens().issue(AnalysisId::generate(), 1).unwrap();
    let own = tokens().issue(MemoryAnalyses::id(), 1).unwrap();
    let (_, tag) = own.split_once('.').unwrap();
    for token in ["", "1", "1.", "1.AAAA", &other, &format!("2.{tag}"), "-1.x"] {
        let event = signed_of(token, &world.0, event_json("receive-callback"));
        let problem = assert_problem(&send(&world, &event).await, 400, "validation_failed");
        assert_eq!(problem["errors"][0]["field"], "token", "{token}");
    }
    assert_eq!(world.1.types(), [""; 0]);
}

#[tokio::test]
async fn a_superseded_run_ends_the_analysis_only_with_a_success() {
    let world = called(Status::Accepted, 2);
    for name in ["receive-callback.failed", "receive-callback.progress"] {
        let reply = sent(&world, name).await;
        assert_eq!((reply.status, reply.json()), (200, json!({ "outcome": "ignored" })), "{name}");
    }
    assert_eq!((world.1.types(), world.1.progress()), (vec!["callback_ignored".to_owned()], None));
    assert_eq!(sent(&world, "receive-callback").await.json(), json!({ "outcome": "applied" }));
    assert_eq!(world.1.types(), ["callback_ignored", "succeeded"]);
}

#[tokio::test]
async fn late_progress_is_not_stored() {
    let world = world(Status::Succeeded);
    let reply = sent(&world, "receive-callback.progress").await;
    assert_eq!((reply.status, reply.json()), (200, json!({ "outcome": "ignored" })));
    assert_eq!((world.1.types(), world.1.progress()), (Vec::new(), None));
}
