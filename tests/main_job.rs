//! The main job on the running stack: request, queue, workflow, signed callback, result.

use analyses::CallbackTokens;
use serde_json::{Value, json};
use shared::{
    signing::SigningKeys,
    webhook::{ID, SIGNATURE, TIMESTAMP, WebhookKeys},
};
use support::{
    event_json,
    runtime_api::{Launch, Sandbox},
    stack::{Stack, User},
};

/// Requests an analysis and waits for its end.
async fn analysed(stack: &Stack, user: &User, body: &Value) -> Value {
    let accepted = stack.post_json("/v1/analyses", Some(&user.token), body).await;
    assert_eq!(accepted.status, 202, "{accepted:?}");
    let location = accepted.header("location").to_owned();
    assert_eq!(
        location,
        format!(
            "{}/v1/analyses/{}",
            stack.get("base_url"),
            accepted.json()["id"].as_str().unwrap()
        )
    );
    let path = location.strip_prefix(stack.get("base_url")).unwrap();
    stack.until(path, Some(&user.token), |analysis| analysis["finished_at"].is_string()).await
}

fn types(analysis: &Value) -> Vec<&str> {
    analysis["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["type"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn an_analysis_runs_from_its_request_to_its_result() {
    let stack = Stack::running();
    let user = stack.sign_up().await;
    let analysis = analysed(&stack, &user, &json!({ "symbol": "aapl" })).await;
    assert_eq!(analysis["status"], "succeeded", "{analysis}");
    assert_eq!(analysis["symbol"], "AAPL");
    assert!(
        ["bullish", "neutral", "bearish"]
            .contains(&analysis["result"]["verdict"].as_str().unwrap()),
        "{analysis}"
    );
    assert_eq!(types(&analysis), ["requested", "dispatched", "accepted", "succeeded"]);
    assert_eq!(analysis["version"], 4);
}

#[tokio::test]
async fn a_callback_before_the_202_is_applied() {
    let stack = Stack::running();
    let user = stack.sign_up().await;
    let hasty = stack.add_workflow("fault/callback-before-202", true).await;
    let id = requested_but_unsent(&stack, &user, &hasty).await;
    // Returns after the 202 was handled.
    deliver(&stack, &id).await;
    let analysis = finished(&stack, &user, &id).await;
    assert_eq!(types(&analysis), ["requested", "dispatched", "accepted", "succeeded"]);
}

#[tokio::test]
async fn a_failure_of_the_workflow_ends_the_analysis_with_its_reason() {
    let stack = Stack::running();
    let user = stack.sign_up().await;
    let workflow = stack.add_workflow("fault/failed", true).await;
    let analysis =
        analysed(&stack, &user, &json!({ "symbol": "AAPL", "workflow": workflow })).await;
    assert_eq!(analysis["status"], "failed", "{analysis}");
    assert!(
        analysis["error"]["code"].is_string() && analysis["error"]["message"].is_string(),
        "{analysis}"
    );
}

#[tokio::test]
async fn an_empty_200_is_no_acceptance_and_is_retried() {
    let stack = Stack::running();
    let user = stack.sign_up().await;
    let workflow = stack.add_workflow("fault/empty-200", true).await;
    let body = json!({ "symbol": "AAPL", "workflow": workflow });
    let accepted = stack.post_json("/v1/analyses", Some(&user.token), &body).await.json();
    let path = format!("/v1/analyses/{}", accepted["id"].as_str().unwrap());
    let analysis = stack
        .until(&path, Some(&user.token), |analysis| types(analysis).contains(&"attempt_failed"))
        .await;
    let event = analysis["events"]
        .as_array()
        .unwrap()
        .iter()
        .find(|event| event["type"] == "attempt_failed")
        .unwrap();
    assert_eq!(event["data"]["http_status"], 200, "{event}");
    assert!(event["data"]["next_attempt_at"].is_string(), "{event}");
    assert_eq!(analysis["status"], "dispatched");
}

#[tokio::test]
async fn a_result_outside_the_schema_is_an_event_of_the_analysis() {
    let stack = Stack::running();
    let user = stack.sign_up().await;
    let workflow = stack.add_workflow("fault/invalid-result", true).await;
    let schema = json!({ "properties": { "verdict": { "enum": ["bullish", "bearish"] } } });
    let sql = "update public.workflows set result_schema = $2::text::jsonb where name = $1";
    stack.admin().await.execute(sql, &[&workflow, &schema.to_string()]).await.unwrap();
    let body = json!({ "symbol": "AAPL", "workflow": workflow });
    let analysis = analysed(&stack, &user, &body).await;
    // The workflow reports its refused result as its failure.
    let expected = ["requested", "dispatched", "accepted", "result_invalid", "failed"];
    assert_eq!(types(&analysis), expected, "{analysis}");
    let data = json!({
        "field": "result.verdict", "detail": "must be one of \"bullish\", \"bearish\"",
    });
    assert_eq!(analysis["events"][3]["data"], data);
    assert_eq!(analysis["error"]["message"], "The result was refused with 422.");
}

#[tokio::test]
async fn an_answer_in_another_form_is_accepted_and_the_workflow_runs_once() {
    let stack = Stack::running();
    let user = stack.sign_up().await;
    for (path, says_its_id) in [("fault/immediate", false), ("fault/numeric-id", true)] {
        let workflow = stack.add_workflow(path, true).await;
        let body = json!({ "symbol": "AAPL", "workflow": workflow });
        let analysis = analysed(&stack, &user, &body).await;
        assert_eq!(analysis["status"], "succeeded", "{analysis}");
        assert_eq!(types(&analysis), ["requested", "dispatched", "accepted", "succeeded"]);
        let id = &analysis["events"][2]["data"]["execution_id"];
        assert_eq!(id.is_string(), says_its_id, "{id}");
    }
}

/// An analysis whose creator ended between the commit and the send.
async fn requested_but_unsent(stack: &Stack, user: &User, workflow: &str) -> String {
    let id = uuid::Uuid::now_v7().to_string();
    let arguments = json!({
        "p_id": id, "p_actor": user.id, "p_symbol": "AAPL", "p_workflow": workflow,
        "p_parameters": {}, "p_traceparent": null,
    });
    let created = stack.rest_as_service("POST", "/rpc/create_analysis", &arguments).await;
    assert_eq!(created.status, 200, "{created:?}");
    id
}

async fn finished(stack: &Stack, user: &User, id: &str) -> Value {
    let path = format!("/v1/analyses/{id}");
    stack.until(&path, Some(&user.token), |analysis| analysis["finished_at"].is_string()).await
}

/// Delivers the message of an analysis, as SQS does.
async fn deliver(stack: &Stack, id: &str) {
    deliver_letter(stack, id, &Value::Null).await;
}

/// As [`deliver`], for a dead letter that is sent again.
async fn deliver_letter(stack: &Stack, id: &str, redrive: &Value) {
    let mut event = event_json("dispatch-analysis");
    let message = json!({
        "type": "analysis.requested", "analysis_id": id, "occurred_at": "2026-03-02T09:30:00Z",
        "version": 1, "traceparent": null, "redrive": redrive,
    });
    event["Records"][0]["body"] = json!(message.to_string());
    let reply = stack.invoke("dispatch-analysis", &event).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert!(reply.json()["batchItemFailures"].is_array(), "{reply:?}");
}

/// Appends an event after this version of an analysis.
async fn append(stack: &Stack, id: &str, version: i64, kind: &str, data: &Value) {
    let arguments = json!({
        "p_analysis_id": id, "p_version": version, "p_type": kind, "p_data": data,
        "p_actor": "test", "p_webhook_id": null,
    });
    let path = "/rpc/append_analysis_event";
    assert_eq!(stack.rest_as_service("POST", path, &arguments).await.status, 200);
}

#[tokio::test]
async fn a_dead_letter_that_is_sent_again_runs_its_analysis_once() {
    let stack = Stack::running();
    let user = stack.sign_up().await;
    let id = requested_but_unsent(&stack, &user, "stock-analysis").await;
    let begun = json!({ "attempt": 1, "lease_until": "2026-01-01T00:00:00Z" });
    let failed = json!({ "code": "undeliverable", "message": "Test." });
    for (version, kind, data) in [(1, "dispatched", begun), (2, "failed", failed)] {
        append(&stack, &id, version, kind, &data).await;
    }
    let redrive = json!(uuid::Uuid::now_v7());
    // The first delivery requests the analysis again, the second one calls the workflow.
    deliver_letter(&stack, &id, &redrive).await;
    deliver_letter(&stack, &id, &redrive).await;
    let analysis = finished(&stack, &user, &id).await;
    assert_eq!(
        types(&analysis),
        ["requested", "dispatched", "failed", "redriven", "dispatched", "accepted", "succeeded",]
    );
    assert_eq!(analysis["events"][4]["data"]["attempt"], 2);
    deliver_letter(&stack, &id, &redrive).await;
    assert_eq!(finished(&stack, &user, &id).await, analysis);
}

#[tokio::test]
async fn a_message_delivered_four_times_makes_one_call() {
    let stack = Stack::running();
    let user = stack.sign_up().await;
    let id = requested_but_unsent(&stack, &user, "stock-analysis").await;
    tokio::join!(deliver(&stack, &id), deliver(&stack, &id));
    let analysis = finished(&stack, &user, &id).await;
    assert_eq!(types(&analysis), ["requested", "dispatched", "accepted", "succeeded"]);
    deliver(&stack, &id).await;
    deliver(&stack, &id).await;
    assert_eq!(finished(&stack, &user, &id).await, analysis);
}

#[tokio::test]
async fn an_analysis_whose_creator_was_killed_before_the_send_is_relayed() {
    let stack = Stack::running();
    let user = stack.sign_up().await;
    // A queue that accepts connections and never responds: the first one shows that the commit is
    // done.
    let queue = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let endpoint = format!("http://{}", queue.local_addr().unwrap());
    let env = [
        ("ANALYSES_PER_DAY", "100"),
        ("SUPABASE_URL", stack.get("base_url")),
        ("SUPABASE_SECRET_KEY", stack.get("secret_key")),
        ("ANALYSES_QUEUE_URL", &format!("{endpoint}/000000000000/analyses")),
        ("AWS_ENDPOINT_URL", &endpoint),
    ];
    let env = env.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let bootstrap = support::template::root().join("target/debug/create-analysis");
    let sandbox =
        Sandbox::start(&Launch { bootstrap, env, logs: std::process::Stdio::null }).await.unwrap();
    let mut event = event_json("create-analysis");
    event["headers"]["authorization"] = json!(format!("Bearer {}", user.token));
    tokio::select! {
        connection = queue.accept() => drop(connection.unwrap()),
        reply = sandbox.invoke(&event) => panic!("it responded before it sent: {reply:?}"),
    }
    sandbox.kill().await;

    let admin = stack.admin().await;
    let overdue = "update public.outbox set claimed_until = now() - interval '1 second'
        where sent_at is null
          and id in (select id from public.analyses where user_id::text = $1)
        returning id::text";
    let rows = admin.query(overdue, &[&user.id]).await.unwrap();
    assert_eq!(rows.len(), 1, "the request was not committed");
    let id: String = rows[0].get(0);
    assert_eq!(stack.invoke("relay-outbox", &event_json("relay-outbox")).await.status, 200);
    let analysis = finished(&stack, &user, &id).await;
    assert_eq!(types(&analysis), ["requested", "dispatched", "accepted", "succeeded"]);
}

/// Sends a signed callback of the run of this attempt, and returns its outcome.
async fn reported(stack: &Stack, attempt: u32, id: &str, report: &Value) -> Value {
    let keys = WebhookKeys::parse(&[stack.get("webhook_secret").into()]).unwrap();
    let secrets = [stack.about["signing_keys"][0].as_str().unwrap().into()];
    let tokens = CallbackTokens::new(SigningKeys::derive(&secrets, CallbackTokens::LABEL).unwrap());
    let analysis_id = report["analysis_id"].as_str().unwrap().parse().unwrap();
    let token = tokens.issue(analysis_id, attempt).unwrap();
    let (url, now) = (format!("/hooks/receive-callback?token={token}"), jiff::Timestamp::now());
    let body = report.to_string();
    let signature = keys.sign(id, now, body.as_bytes()).unwrap();
    let timestamp = now.as_second().to_string();
    let headers = [
        ("content-type", "application/json"),
        (ID, id),
        (TIMESTAMP, &timestamp),
        (SIGNATURE, &signature),
    ];
    let reply = stack.send("POST", &url, &headers, body).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()["outcome"].clone()
}

#[tokio::test]
async fn a_signed_result_delivered_three_times_changes_the_analysis_once() {
    let stack = Stack::running();
    let user = stack.sign_up().await;
    let workflow = stack.add_workflow("fault/silent", true).await;
    let body = json!({ "symbol": "AAPL", "workflow": workflow });
    let requested = stack.post_json("/v1/analyses", Some(&user.token), &body).await.json();
    let path = format!("/v1/analyses/{}", requested["id"].as_str().unwrap());
    stack.until(&path, Some(&user.token), |analysis| analysis["status"] == "accepted").await;

    let report = json!({
        "type": "analysis.succeeded", "analysis_id": requested["id"], "execution_id": "1",
        "result": { "verdict": "neutral", "summary": "Test." },
    });
    let id = format!("msg_{}", uuid::Uuid::new_v4().simple());
    let mut seen = Vec::new();
    for outcome in ["applied", "duplicate", "duplicate"] {
        assert_eq!(reported(&stack, 1, &id, &report).await, outcome);
        seen.push(stack.get_json(&path, Some(&user.token)).await.json());
    }
    assert_eq!(types(&seen[0]), ["requested", "dispatched", "accepted", "succeeded"]);
    assert!(seen.iter().all(|analysis| *analysis == seen[0]), "{seen:?}");
}

#[tokio::test]
async fn after_a_second_delivery_only_the_run_of_the_last_attempt_fails_the_analysis() {
    let stack = Stack::running();
    let user = stack.sign_up().await;
    let workflow = stack.add_workflow("fault/silent", true).await;
    let id = requested_but_unsent(&stack, &user, &workflow).await;
    // The response to the first call was lost, and its lease has run out.
    let begun = json!({ "attempt": 1, "lease_until": "2026-01-01T00:00:00Z" });
    append(&stack, &id, 1, "dispatched", &begun).await;
    deliver(&stack, &id).await;
    let report = json!({
        "type": "analysis.failed", "analysis_id": id,
        "error": { "code": "workflow_failed", "message": "Test." },
    });
    assert_eq!(reported(&stack, 1, "msg_1_failed", &report).await, "ignored");
    assert_eq!(reported(&stack, 2, "msg_2_failed", &report).await, "applied");
    let analysis = finished(&stack, &user, &id).await;
    let expected =
        ["requested", "dispatched", "dispatched", "accepted", "callback_ignored", "failed"];
    assert_eq!(types(&analysis), expected, "{analysis}");
}
