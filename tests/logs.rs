//! The log lines of functions, as Lambda collects them.

use std::{fs::File, path::PathBuf, process::Stdio};

use serde_json::{Value, json};
use support::{
    event_json,
    runtime_api::{Launch, Sandbox},
};

/// Nothing listens there.
const NOWHERE: &str = "http://127.0.0.1:1";
/// The variables of all functions of this test.
const VARIABLES: [(&str, &str); 13] = [
    ("ANALYSES_PER_DAY", "100"),
    ("ANALYSES_QUEUE_URL", NOWHERE),
    ("ANALYSES_DEAD_LETTER_QUEUE_URL", NOWHERE),
    ("AWS_ACCESS_KEY_ID", "test"),
    ("AWS_REGION", "eu-central-1"),
    ("AWS_SECRET_ACCESS_KEY", "test"),
    ("CALLBACK_URL", NOWHERE),
    ("N8N_BASE_URL", NOWHERE),
    ("REFRESHES_QUEUE_URL", NOWHERE),
    ("SIGNING_KEYS", "0123456789abcdef0123456789abcdef"),
    ("SUPABASE_PUBLISHABLE_KEY", "key"),
    ("SUPABASE_SECRET_KEY", "key"),
    ("SUPABASE_URL", NOWHERE),
];

/// The log of the launch with this number.
fn log_file(launch: u8) -> PathBuf {
    std::env::temp_dir().join(format!("bellwether-{}-{launch}.log", std::process::id()))
}

/// Standard output and error, appended to one file.
fn to_file<const LAUNCH: u8>() -> Stdio {
    File::options().create(true).append(true).open(log_file(LAUNCH)).unwrap().into()
}

/// The lines that a function logs while it handles these events. Each test has its own `LAUNCH`.
async fn logged<const LAUNCH: u8>(function: &str, events: &[Value]) -> Vec<Value> {
    _ = std::fs::remove_file(log_file(LAUNCH));
    let executable = std::env::current_exe().unwrap();
    let programs = executable.parent().and_then(|deps| deps.parent()).unwrap();
    let env = VARIABLES.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let launch = Launch { bootstrap: programs.join(function), env, logs: to_file::<LAUNCH> };
    let sandbox = Sandbox::start(&launch).await.unwrap();
    for event in events {
        // A job that fails fails its invocation.
        _ = sandbox.invoke(event).await;
    }
    let log = std::fs::read_to_string(log_file(LAUNCH)).unwrap();
    std::fs::remove_file(log_file(LAUNCH)).unwrap();
    assert!(!log.contains("secret"), "{log}");
    log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

#[tokio::test]
async fn a_request_has_one_line_with_its_ids_and_its_caller() {
    let mut event = event_json("list-metric-definitions");
    event["headers"]["x-request-id"] = json!("abc-123");
    event["headers"]["authorization"] = json!("Bearer secret");
    event["rawQueryString"] = json!("format=secret");
    let lines = logged::<1>("list-metric-definitions", &[event.clone(), event.clone()]).await;
    assert_eq!(lines.len(), 2, "{lines:?}");
    for (line, is_cold) in lines.iter().zip([true, false]) {
        assert_eq!(line["message"], "request completed");
        assert_eq!(line["request.route"], "list-metric-definitions");
        assert_eq!(line["response.status"], 400);
        assert_eq!(line["problem.code"], "validation_failed");
        assert_eq!(line["caller.kind"], "anyone");
        assert_eq!(line["lambda.cold_start"], is_cold);
        assert!(line["request.duration_ms"].is_f64(), "{line}");
        assert_eq!(line["span"]["client.request_id"], "abc-123");
        assert_eq!(line["span"]["apigw.request_id"], event["requestContext"]["requestId"]);
        assert!(line["span"]["lambda.request_id"].is_string(), "{line}");
    }
    let ids = [0, 1].map(|at: usize| &lines[at]["span"]["lambda.request_id"]);
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn the_call_of_a_tool_has_one_line_with_the_same_ids() {
    let event = event_json("serve-mcp");
    let lines = logged::<2>("serve-mcp", std::slice::from_ref(&event)).await;
    assert_eq!(lines.len(), 1, "{lines:?}");
    let line = &lines[0];
    assert_eq!(line["request.route"], "get-metrics");
    assert_eq!(line["lambda.cold_start"], true);
    assert_eq!(line["span"]["apigw.request_id"], event["requestContext"]["requestId"]);
    assert!(line["span"]["lambda.request_id"].is_string(), "{line}");
}

#[tokio::test]
async fn the_line_of_a_job_has_the_id_of_its_invocation() {
    let lines = logged::<3>("relay-outbox", &[event_json("relay-outbox")]).await;
    let line = lines.iter().find(|line| line["job"] == "relay-outbox").unwrap();
    assert!(line["span"]["lambda.request_id"].is_string(), "{line}");
}
