//! The log lines of a function, as Lambda collects them.

use std::{fs::File, path::PathBuf, process::Stdio};

use serde_json::{Value, json};
use support::{
    event_json,
    runtime_api::{Launch, Sandbox},
};

fn log_file() -> PathBuf {
    std::env::temp_dir().join(format!("bellwether-{}.log", std::process::id()))
}

/// Standard output and error, appended to one file.
fn to_file() -> Stdio {
    File::options().create(true).append(true).open(log_file()).unwrap().into()
}

/// A function without dependencies.
async fn definitions() -> Sandbox {
    let executable = std::env::current_exe().unwrap();
    let programs = executable.parent().and_then(|deps| deps.parent()).unwrap();
    let bootstrap = programs.join("list-metric-definitions");
    Sandbox::start(&Launch { bootstrap, env: Vec::new(), logs: to_file }).await.unwrap()
}

#[tokio::test]
async fn a_request_has_one_line_with_its_ids_and_its_caller() {
    _ = std::fs::remove_file(log_file());
    let sandbox = definitions().await;
    let mut event = event_json("list-metric-definitions");
    event["headers"]["x-request-id"] = json!("abc-123");
    event["headers"]["authorization"] = json!("Bearer secret");
    event["rawQueryString"] = json!("format=secret");
    for _ in 0..2 {
        sandbox.invoke(&event).await.unwrap();
    }
    let log = std::fs::read_to_string(log_file()).unwrap();
    std::fs::remove_file(log_file()).unwrap();
    assert!(!log.contains("secret"), "{log}");
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2, "{log}");
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
