//! The protocol: messages, versions and headers.

use serde_json::{Value, json};
use support::{Response, assert_problem, event_json};

use super::{posted, sent, tool_call, with_body, with_header};

fn assert_error(reply: &Response, status: u16, code: i64) {
    let message = reply.json();
    assert_eq!(
        (reply.status, reply.header("content-type")),
        (status, "application/json"),
        "{message}"
    );
    assert_eq!(
        (&message["jsonrpc"], &message["error"]["code"]),
        (&json!("2.0"), &json!(code)),
        "{message}"
    );
}

fn capabilities() -> Value {
    json!({
        "tools": {},
        "resources": {},
        "extensions": {
            "io.modelcontextprotocol/ui": { "mimeTypes": ["text/html;profile=mcp-app"] },
        },
    })
}

#[tokio::test]
async fn a_client_and_the_server_agree_on_a_version() {
    let message = sent("serve-mcp.initialize").await.json();
    assert_eq!(message["result"]["protocolVersion"], "2025-11-25", "{message}");
    assert_eq!(message["result"]["serverInfo"]["name"], "bellwether", "{message}");
    assert_eq!(message["result"]["capabilities"], capabilities(), "{message}");
}

#[tokio::test]
async fn a_client_of_an_unknown_version_is_offered_one_that_is_known() {
    let mut event = event_json("serve-mcp.initialize");
    event["body"] = event["body"].as_str().unwrap().replace("2025-11-25", "2030-01-01").into();
    assert_eq!(posted(&event).await.json()["result"]["protocolVersion"], "2025-11-25");
}

#[tokio::test]
async fn a_notification_is_accepted_without_a_body() {
    let reply = sent("serve-mcp.initialized").await;
    assert_eq!((reply.status, reply.body.len()), (202, 0));
}

#[tokio::test]
async fn a_ping_has_an_empty_result() {
    let reply = posted(&with_body(json!({ "jsonrpc": "2.0", "id": 7, "method": "ping" }))).await;
    assert_eq!(reply.json(), json!({ "jsonrpc": "2.0", "id": 7, "result": {} }));
}

#[tokio::test]
async fn a_bad_token_is_a_401_problem_with_a_challenge() {
    let reply = posted(&with_header("authorization", "Bearer not.a.token")).await;
    assert_problem(&reply, 401, "invalid_token");
    assert_eq!(reply.header("www-authenticate"), "Bearer");
}

#[tokio::test]
async fn unknown_methods_and_tools_are_errors_of_the_protocol() {
    let reply =
        posted(&with_body(json!({ "jsonrpc": "2.0", "id": 1, "method": "stocks/buy" }))).await;
    assert_error(&reply, 200, -32601);
    let unknown = posted(&tool_call("buy_stock", &json!({}))).await;
    assert_error(&unknown, 200, -32602);
    let message = unknown.json()["error"]["message"].clone();
    assert!(message.as_str().unwrap().contains("search_stocks, get_metrics"), "{message}");
}

#[tokio::test]
async fn a_malformed_message_is_rejected() {
    assert_error(&posted(&with_body("{\"jsonrpc\"")).await, 400, -32700);
    assert_error(&sent("serve-mcp.batch").await, 400, -32600);
    for body in ["null", "{}", "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}", "[]"] {
        assert_error(&posted(&with_body(body)).await, 400, -32600);
    }
    let reply = json!({ "jsonrpc": "2.0", "id": 1, "result": {} });
    assert_error(&posted(&with_body(reply)).await, 400, -32600);
}

#[tokio::test]
async fn invalid_parameters_are_not_reported_as_an_unknown_method() {
    for (method, params) in [
        ("tools/call", json!({ "name": "get_metrics", "arguments": [] })),
        ("tools/call", json!({})),
        ("tools/call", json!(null)),
        ("resources/read", json!({})),
        ("initialize", json!({ "protocolVersion": 1 })),
    ] {
        let message = json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params });
        let reply = posted(&with_body(message)).await;
        assert_error(&reply, 200, -32602);
        assert_eq!(reply.json()["id"], 7, "{method}");
    }
    let unknown = json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/destroy", "params": {} });
    assert_error(&posted(&with_body(unknown)).await, 200, -32601);
}

#[tokio::test]
async fn headers_are_checked() {
    let version = posted(&with_header("mcp-protocol-version", "1999-01-01")).await;
    assert_problem(&version, 400, "unsupported_protocol_version");
    assert_problem(
        &posted(&with_header("origin", "https://evil.example.com")).await,
        403,
        "origin_not_allowed",
    );
    assert_problem(&posted(&with_header("origin", "null")).await, 403, "origin_not_allowed");
    assert_problem(
        &posted(&with_header("accept", "text/event-stream")).await,
        406,
        "not_acceptable",
    );
    assert_eq!(posted(&with_header("accept", "application/json")).await.status, 200);
    assert_problem(
        &posted(&with_header("content-type", "text/plain")).await,
        415,
        "unsupported_media_type",
    );
}

/// The host of the shipped events.
const HOST: &str = "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com";

#[tokio::test]
async fn the_host_of_the_api_is_an_allowed_origin() {
    let own = posted(&with_header("origin", &format!("https://{HOST}"))).await;
    assert_eq!(own.status, 200);
    for other in [
        format!("http://{HOST}"),
        format!("https://{HOST}:8443"),
        format!("https://{HOST}.example.com"),
    ] {
        let reply = posted(&with_header("origin", &other)).await;
        assert_problem(&reply, 403, "origin_not_allowed");
    }
}

#[tokio::test]
async fn an_origin_is_allowed_with_one_port_only() {
    for (allowed, other) in [
        ("https://agents.example.com", "https://agents.example.com:8443"),
        ("https://api.example.com", "https://api.example.com:8443"),
        ("http://[::1]", "http://[::1]:8080"),
    ] {
        assert_eq!(posted(&with_header("origin", allowed)).await.status, 200, "{allowed}");
        let reply = posted(&with_header("origin", other)).await;
        assert_problem(&reply, 403, "origin_not_allowed");
    }
}

#[tokio::test]
async fn a_large_body_is_a_413_problem() {
    let reply = posted(&with_body("x".repeat(64 * 1024 + 1))).await;
    assert_problem(&reply, 413, "payload_too_large");
}

/// A message of the version without `initialize`, with its headers.
fn current(method: &str, name: Option<&str>, params: Value) -> Value {
    let mut params = params;
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "agent", "version": "1.0.0" },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let mut event = with_body(message);
    event["headers"]["mcp-protocol-version"] = "2026-07-28".into();
    event["headers"]["mcp-method"] = method.into();
    if let Some(name) = name {
        event["headers"]["mcp-name"] = name.into();
    }
    event
}

#[tokio::test]
async fn a_client_discovers_the_server_without_a_handshake() {
    let message = sent("serve-mcp.discover").await.json();
    let result = &message["result"];
    let versions = json!(["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"]);
    assert_eq!(result["supportedVersions"], versions, "{message}");
    assert_eq!(result["capabilities"], capabilities(), "{message}");
    assert!(result["instructions"].is_string(), "{message}");
    let server = &result["_meta"]["io.modelcontextprotocol/serverInfo"];
    assert_eq!(server["name"], "bellwether", "{message}");
    let without = json!({ "jsonrpc": "2.0", "id": 1, "method": "server/discover" });
    assert_error(&posted(&with_body(without)).await, 200, -32602);
}

#[tokio::test]
async fn the_current_version_lists_the_same_tools() {
    let message = posted(&current("tools/list", None, json!({}))).await.json();
    let older = sent("serve-mcp.list-tools").await.json();
    assert_eq!(message["result"]["tools"], older["result"]["tools"], "{message}");
}

#[tokio::test]
async fn headers_of_the_current_version_match_the_message() {
    let arguments = json!({ "name": "get_metrics", "arguments": { "symbol": "AAPL" } });
    let call = current("tools/call", Some("get_metrics"), arguments);
    assert_eq!(posted(&call).await.status, 200);
    for (header, value) in [
        ("mcp-method", json!("tools/list")),
        ("mcp-method", Value::Null),
        ("mcp-name", json!("get_history")),
        ("mcp-name", Value::Null),
        ("mcp-protocol-version", json!("2025-11-25")),
    ] {
        let mut event = call.clone();
        event["headers"][header] = value;
        if event["headers"][header].is_null() {
            event["headers"].as_object_mut().unwrap().remove(header);
        }
        let reply = posted(&event).await;
        assert_error(&reply, 400, -32020);
    }
}

#[tokio::test]
async fn a_version_of_the_future_is_told_which_ones_are_served() {
    let mut event = current("tools/list", None, json!({}));
    event["body"] = event["body"].as_str().unwrap().replace("2026-07-28", "2030-01-01").into();
    event["headers"]["mcp-protocol-version"] = "2030-01-01".into();
    let reply = posted(&event).await;
    assert_error(&reply, 400, -32022);
    let supported = &reply.json()["error"]["data"]["supported"];
    assert!(supported.as_array().unwrap().contains(&json!("2026-07-28")), "{supported}");
}

#[tokio::test]
async fn an_unknown_method_of_the_current_version_is_a_404() {
    assert_error(&posted(&current("stocks/buy", None, json!({}))).await, 404, -32601);
}

#[tokio::test]
async fn the_version_without_initialize_is_served() {
    let arguments = json!({ "name": "get_metrics", "arguments": { "symbol": "AAPL" } });
    let message = posted(&current("tools/call", Some("get_metrics"), arguments)).await.json();
    assert_eq!(message["result"]["structuredContent"]["symbol"], "AAPL", "{message}");
}
