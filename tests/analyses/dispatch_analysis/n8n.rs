//! What the answers of n8n mean, over real connections.

use std::time::Duration;

use analyses::{CallbackTokens, ExecutionId, Workflow, fakes::MemoryAnalyses};
use dispatch_analysis::{
    decide::{CallFailure, CallOutcome},
    n8n::{N8n, N8nConfig},
    ports::CallWorkflow,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use shared::{
    deadline::Deadline,
    http_client::HttpClient,
    signing::SigningKeys,
    webhook::{SignedHeaders, WebhookKeys},
};
use tokio::net::TcpListener;

use super::server::{Answer, Server};

const OLD: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
const NEW: &str = "whsec_ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=";

fn now() -> Timestamp {
    Timestamp::from_second(1_772_443_800).unwrap()
}

fn keys(secrets: &[&str]) -> WebhookKeys {
    let secrets: Vec<_> = secrets.iter().map(|secret| (*secret).into()).collect();
    WebhookKeys::parse(&secrets).unwrap()
}

fn tokens() -> CallbackTokens {
    let secret = "0123456789abcdef0123456789abcdef".into();
    CallbackTokens::new(SigningKeys::derive(&[secret], CallbackTokens::LABEL).unwrap())
}

async fn called(base_url: String, deadline: Deadline) -> CallOutcome {
    let config = N8nConfig {
        base_url,
        is_private: false,
        callback_url: "https://api.example.com/hooks/receive-callback".to_owned(),
        tokens: tokens(),
        keys: keys(&[NEW, OLD]),
    };
    let n8n = N8n::new(config, &HttpClient::new().unwrap());
    let workflow =
        Workflow { name: "stock-analysis".into(), webhook_path: "stock".into(), enabled: true };
    let analysis = MemoryAnalyses::with(|analysis| analysis.attempts = 2).analysis();
    n8n.call(&workflow, &analysis, now(), deadline).await
}

fn answer(status: u16, body: &str) -> Answer {
    let length = body.len();
    Answer::Bytes(
        format!("HTTP/1.1 {status} -\r\ncontent-length: {length}\r\n\r\n{body}").into_bytes(),
    )
}

async fn answered(status: u16, body: &str) -> CallOutcome {
    let server = Server::start(answer(status, body)).await;
    called(format!("http://127.0.0.1:{}/webhook", server.port), Deadline::default()).await
}

async fn failed(status: u16, body: &str) -> CallFailure {
    match answered(status, body).await {
        CallOutcome::Unavailable(failure) | CallOutcome::Refused(failure) => failure,
        CallOutcome::Accepted { .. } => panic!("{status} {body} was accepted"),
    }
}

fn id(text: &str) -> Option<ExecutionId> {
    Some(ExecutionId::try_from(serde_json::Value::from(text)).unwrap())
}

#[tokio::test]
async fn an_execution_id_may_be_a_number_or_wrapped() {
    for body in [
        r#"{"executionId": "1042"}"#,
        r#"{"executionId": 1042}"#,
        r#"{"executionId": 1042.0}"#,
        r#"{"execution_id": "1042"}"#,
        r#"[{"executionId": "1042"}]"#,
        r#"[{"execution_id": 1042}]"#,
        r#"{"executionId": "1042", "note": "another field"}"#,
    ] {
        let expected = CallOutcome::Accepted { execution_id: id("1042"), http_status: 202 };
        assert_eq!(answered(202, body).await, expected, "{body}");
    }
}

#[tokio::test]
async fn an_answer_in_the_wrong_form_starts_no_second_execution() {
    let long = format!(r#"{{"executionId": "1", "data": "{}"}}"#, "x".repeat(64 * 1024));
    for (http_status, body) in [
        (200, r#"{"message": "Workflow was started"}"#),
        (202, ""),
        (202, "{}"),
        (202, "accepted"),
        (202, r#"{"executionId": ""}"#),
        (202, r#"{"executionId": "\u0000"}"#),
        (202, r#"[{"executionId": "1"}, {"executionId": "2"}]"#),
        (204, ""),
        (200, &long),
    ] {
        let expected = CallOutcome::Accepted { execution_id: None, http_status };
        assert_eq!(answered(http_status, body).await, expected, "{http_status} {body:.80}");
    }
    let expected = CallOutcome::Accepted { execution_id: id("7"), http_status: 200 };
    assert_eq!(answered(200, r#"{"executionId": "7"}"#).await, expected);
}

#[tokio::test]
async fn only_a_400_410_or_422_ends_an_analysis_at_once() {
    for status in [400, 410, 422] {
        let outcome = answered(status, "").await;
        assert!(matches!(outcome, CallOutcome::Refused(_)), "{status}: {outcome:?}");
    }
    for status in [
        301, 302, 307, 401, 402, 403, 404, 405, 407, 408, 409, 413, 421, 425, 429, 431, 451, 500,
        502, 503, 504,
    ] {
        let outcome = answered(status, "").await;
        assert!(matches!(outcome, CallOutcome::Unavailable(_)), "{status}: {outcome:?}");
    }
}

#[tokio::test]
async fn the_failure_says_what_happened_and_where_to_look() {
    for (status, detail) in [
        (500, "The workflow answered 500. Its executions in n8n show the error."),
        (
            422,
            "The workflow answered 422. It rejected the request: its executions in n8n show why.",
        ),
        (302, "The workflow answered 302. Redirects are not followed: check N8nBaseUrl."),
    ] {
        let failure = failed(status, r#"{"message": "secret"}"#).await;
        assert_eq!((failure.cause, failure.http_status), ("answered", Some(status)));
        assert_eq!(failure.detail, detail);
    }
    let failure = failed(200, "").await;
    assert!(failure.detail.contains("empty body"), "{}", failure.detail);
}

#[tokio::test]
async fn an_inactive_workflow_differs_from_a_wrong_address() {
    let inactive = json!({
        "code": 404,
        "message": "The requested webhook \"POST stock\" is not registered.",
        "hint": "The workflow must be active for a production URL to run successfully.",
    });
    let failure = failed(404, &inactive.to_string()).await;
    assert_eq!(failure.cause, "not_registered");
    assert!(failure.detail.contains("no active workflow has this webhook path"), "{failure:?}");
    let message = "This webhook is not registered for POST requests. Did you mean to make a GET \
                   request?";
    let method = json!({ "code": 404, "message": message });
    let failure = failed(404, &method.to_string()).await;
    assert!(failure.detail.contains("does not take POST requests"), "{failure:?}");
    for other in ["<html>Cannot POST /stock</html>", "", r#"{"error": "not found"}"#] {
        let failure = failed(404, other).await;
        assert_eq!(failure.cause, "answered", "{other}");
        assert!(failure.detail.contains("not as n8n does"), "{failure:?}");
    }
}

/// Cause and status of a call without an answer.
async fn cause(base_url: String, deadline: Deadline) -> &'static str {
    match called(base_url, deadline).await {
        CallOutcome::Unavailable(CallFailure { cause, http_status: None, .. }) => cause,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_call_without_an_answer_has_its_cause_by_name() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let soon = Deadline::default();
    assert_eq!(cause(format!("http://127.0.0.1:{closed}"), soon).await, "refused");
    assert_eq!(cause("https://n8n.invalid".to_owned(), soon).await, "dns");
    let reset = Server::start(Answer::Nothing).await;
    assert_eq!(cause(format!("http://127.0.0.1:{}", reset.port), soon).await, "reset");
    let plain = Server::start(answer(400, "this is not TLS")).await;
    assert_eq!(cause(format!("https://127.0.0.1:{}", plain.port), soon).await, "tls");
    let silent = Server::start(Answer::Silence).await;
    let deadline = Deadline::after(Duration::from_millis(200));
    assert_eq!(cause(format!("http://127.0.0.1:{}", silent.port), deadline).await, "timeout");
}

#[tokio::test]
async fn a_call_is_signed_with_every_secret() {
    let server = Server::start(answer(202, "{}")).await;
    called(format!("http://127.0.0.1:{}", server.port), Deadline::default()).await;
    let requests = server.requests();
    let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
    let header = |name: &str| {
        let line = head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_else(|| panic!("{head}"))
    };
    let headers = SignedHeaders {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"),
    };
    for receiver in [&[OLD][..], &[NEW], &[OLD, NEW]] {
        assert_eq!(keys(receiver).verify(headers, body.as_bytes(), now()), Ok(()));
    }
}

#[tokio::test]
async fn a_call_names_its_attempt_in_the_body_and_in_the_callback_url() {
    let server = Server::start(answer(202, "{}")).await;
    called(format!("http://127.0.0.1:{}", server.port), Deadline::default()).await;
    let requests = server.requests();
    let (_, body) = requests[0].split_once("\r\n\r\n").unwrap();
    let message: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(message["attempt"], 2);
    let (url, token) = message["callback_url"].as_str().unwrap().split_once("?token=").unwrap();
    assert_eq!(url, "https://api.example.com/hooks/receive-callback");
    assert_eq!(tokens().attempt(MemoryAnalyses::id(), token), Some(2));
}

#[tokio::test]
async fn retry_after_is_read_in_seconds_or_as_a_date() {
    for (value, seconds) in [
        ("120", Some(120)),
        ("Mon, 02 Mar 2026 09:32:30 GMT", Some(150)),
        ("Mon, 02 Mar 2026 09:00:00 GMT", None),
        ("-5", None),
        ("soon", None),
    ] {
        let answer = format!("HTTP/1.1 503 -\r\ncontent-length: 0\r\nretry-after: {value}\r\n\r\n");
        let server = Server::start(Answer::Bytes(answer.into_bytes())).await;
        let url = format!("http://127.0.0.1:{}", server.port);
        let outcome = called(url, Deadline::default()).await;
        let CallOutcome::Unavailable(failure) = outcome else { panic!("{outcome:?}") };
        assert_eq!(failure.retry_after, seconds.map(SignedDuration::from_secs), "{value}");
    }
}
