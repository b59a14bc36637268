//! `POST /mcp`.

use serde_json::{Value, json};
use serve_mcp::{Routes, Server};
use shared::{
    auth::Auth,
    ports::{CreateAnalysis, Created, NewAnalysis, StoreError},
};
use support::{
    Response, assert_problem, call, event_json,
    fakes::{
        keys::Project,
        markets::MemoryMarkets,
        queues::{MemoryOutbox, MemoryQueue},
    },
    http_event,
};

use crate::list_stocks::cursors;

/// The tools and what they need.
const TOOLS: [(&str, &[&str]); 5] = [
    ("get_metrics", &["symbol"]),
    ("screen_stocks", &[]),
    ("get_history", &["symbol"]),
    ("get_chart", &["symbol"]),
    ("request_analysis", &["symbol"]),
];

/// Knows no stock.
#[derive(Debug)]
struct NoStock;

impl CreateAnalysis for NoStock {
    async fn create(&self, _: NewAnalysis<'_>) -> Result<Created, StoreError> {
        Err(StoreError::Refused { code: "stock_not_found".to_owned(), detail: "No stock.".to_owned() })
    }
}

type Fake = Server<Routes<&'static Project, MemoryMarkets, NoStock, (MemoryQueue, MemoryOutbox)>>;

fn server(markets: MemoryMarkets) -> &'static Fake {
    let project: &'static Project = Box::leak(Box::default());
    let routes = Routes {
        auth: Auth::new("https://project.supabase.co", project, None),
        markets,
        cursors: cursors(),
        analyses: NoStock,
        queue: (MemoryQueue::default(), MemoryOutbox::with(0)),
    };
    Box::leak(Box::new(Server::new(routes, ["https://agents.example.com:443".to_owned()])))
}

async fn posted(event: &Value) -> Response {
    posted_to(MemoryMarkets::with_january(), event).await
}

async fn posted_to(markets: MemoryMarkets, event: &Value) -> Response {
    call(server(markets), serve_mcp::handle, http_event(event)).await
}

async fn sent(event: &str) -> Response {
    posted(&event_json(event)).await
}

/// The shipped call with another header or body.
fn with_header(name: &str, value: &str) -> Value {
    let mut event = event_json("serve-mcp");
    event["headers"][name] = value.into();
    event
}

fn with_body(body: impl ToString) -> Value {
    let mut event = event_json("serve-mcp");
    event["body"] = body.to_string().into();
    event
}

fn tool_call(tool: &str, arguments: &Value) -> Value {
    with_body(json!({
        "jsonrpc": "2.0", "id": "a", "method": "tools/call", "params": { "name": tool, "arguments": arguments },
    }))
}

/// The result of a tool.
async fn result(tool: &str, arguments: Value) -> Value {
    let reply = posted(&tool_call(tool, &arguments)).await;
    let message = reply.json();
    assert_eq!((reply.status, message["id"].as_str()), (200, Some("a")), "{message}");
    message["result"].clone()
}

/// The problem that a tool ends in.
async fn problem(tool: &str, arguments: Value) -> Value {
    let result = result(tool, arguments).await;
    assert_eq!(result["isError"], true, "{result}");
    result["structuredContent"].clone()
}

fn assert_error(reply: &Response, status: u16, code: i64) {
    let message = reply.json();
    assert_eq!((reply.status, reply.header("content-type")), (status, "application/json"), "{message}");
    assert_eq!((&message["jsonrpc"], &message["error"]["code"]), (&json!("2.0"), &json!(code)), "{message}");
}

#[tokio::test]
async fn a_client_and_the_server_agree_on_a_version() {
    let message = sent("serve-mcp.initialize").await.json();
    assert_eq!(message["result"]["protocolVersion"], "2025-11-25", "{message}");
    assert_eq!(message["result"]["serverInfo"]["name"], "bellwether", "{message}");
    assert_eq!(message["result"]["capabilities"], json!({ "tools": {} }), "{message}");
}

#[tokio::test]
async fn a_client_of_an_unknown_version_is_offered_one_that_is_known() {
    let mut event = event_json("serve-mcp.initialize");
    event["body"] = event["body"].as_str().unwrap().replace("2025-11-25", "2030-01-01").into();
    assert_eq!(posted(&event).await.json()["result"]["protocolVersion"], "2025-11-25");
}

#[tokio::test]
async fn a_notification_is_taken_without_an_answer() {
    let reply = sent("serve-mcp.initialized").await;
    assert_eq!((reply.status, reply.body.len()), (202, 0));
}

#[tokio::test]
async fn a_ping_is_answered() {
    let reply = posted(&with_body(json!({ "jsonrpc": "2.0", "id": 7, "method": "ping" }))).await;
    assert_eq!(reply.json(), json!({ "jsonrpc": "2.0", "id": 7, "result": {} }));
}

#[tokio::test]
async fn every_tool_says_what_it_takes() {
    let message = sent("serve-mcp.list-tools").await.json();
    let tools = message["result"]["tools"].as_array().unwrap();
    let names: Vec<_> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(names, TOOLS.map(|(name, _)| name));
    for (tool, (name, required)) in tools.iter().zip(TOOLS) {
        let schema = &tool["inputSchema"];
        jsonschema::meta::validate(schema).unwrap();
        assert_eq!((&schema["type"], &schema["additionalProperties"]), (&json!("object"), &json!(false)), "{name}");
        assert_eq!(schema.get("required").cloned().unwrap_or(json!([])), json!(required), "{name}");
        for (field, about) in schema["properties"].as_object().unwrap() {
            assert!(about["description"].is_string(), "{name} does not say what {field} is");
        }
        assert_eq!(tool["annotations"]["readOnlyHint"], name != "request_analysis", "{name}");
    }
}

#[tokio::test]
async fn a_tool_answers_what_its_route_does() {
    let route =
        call(Box::leak(Box::new(MemoryMarkets::with_january())), get_metrics::handle, support::event("get-metrics"));
    let message = sent("serve-mcp").await.json();
    assert_eq!(message["result"]["structuredContent"], route.await.json());
    let text = message["result"]["content"][0]["text"].as_str().unwrap();
    assert_eq!(serde_json::from_str::<Value>(text).unwrap(), message["result"]["structuredContent"]);
}

#[tokio::test]
async fn stocks_are_screened_by_bounds() {
    let fields = json!(["symbol", "rsi_14"]);
    let found =
        result("screen_stocks", json!({ "filters": { "rsi_14.lt": 40 }, "sort": "-rsi_14", "fields": fields })).await;
    assert_eq!(found["structuredContent"]["items"][0]["symbol"], "AAPL", "{found}");
    let found = result("screen_stocks", json!({ "filters": { "rsi_14.lt": 30.5 } })).await;
    assert_eq!(found["structuredContent"]["items"], json!([]), "{found}");
    let found = result("screen_stocks", json!({ "symbols": ["AAPL", "NOPE"] })).await;
    assert_eq!(found["structuredContent"]["items"].as_array().unwrap().len(), 2, "{found}");
}

#[tokio::test]
async fn history_continues_with_its_cursor() {
    let arguments = json!({ "symbol": "AAPL", "from": "2013-01-10", "metrics": ["rsi_14"], "limit": 2 });
    let first = result("get_history", arguments.clone()).await["structuredContent"].clone();
    assert_eq!(first["items"][1]["day"], "2013-01-11", "{first}");
    let mut arguments = arguments;
    arguments["cursor"] = first["next"].clone();
    let second = result("get_history", arguments).await["structuredContent"].clone();
    assert_eq!(second["items"][0]["day"], "2013-01-12", "{second}");
}

#[tokio::test]
async fn a_chart_is_an_image() {
    let result = result("get_chart", json!({ "symbol": "AAPL", "width": 320, "panels": ["rsi", "volume"] })).await;
    let image = &result["content"][0];
    assert_eq!((&image["type"], &image["mimeType"]), (&json!("image"), &json!("image/png")));
    let png = base64::Engine::decode(&base64::prelude::BASE64_STANDARD, image["data"].as_str().unwrap()).unwrap();
    assert_eq!(resvg::tiny_skia::Pixmap::decode_png(&png).unwrap().width(), 320);
}

#[tokio::test]
async fn a_chart_is_text_when_svg_is_asked_for() {
    let result = result("get_chart", json!({ "symbol": "AAPL", "format": "svg", "range": "1m" })).await;
    assert!(result["content"][0]["text"].as_str().unwrap().starts_with("<svg "), "{result}");
}

#[tokio::test]
async fn a_problem_of_a_route_is_told_to_the_model() {
    let unknown = problem("get_metrics", json!({ "symbol": "NOPE" })).await;
    assert_eq!((&unknown["code"], &unknown["status"]), (&json!("stock_not_found"), &json!(404)), "{unknown}");
    let invalid = problem("get_chart", json!({ "symbol": "AAPL", "range": "10y" })).await;
    assert_eq!(invalid["errors"][0]["field"], "range", "{invalid}");
    let unknown = problem("screen_stocks", json!({ "filters": { "rsi.lt": 30 } })).await;
    assert_eq!(unknown["code"], "unknown_parameter", "{unknown}");
}

#[tokio::test]
async fn arguments_of_another_shape_are_told_to_the_model() {
    for (tool, arguments) in [
        ("get_metrics", json!({})),
        ("get_metrics", json!({ "symbol": "AAPL", "currency": "EUR" })),
        ("get_chart", json!({ "symbol": "AAPL", "width": "wide" })),
    ] {
        let problem = problem(tool, arguments).await;
        assert_eq!((&problem["code"], &problem["status"]), (&json!("validation_failed"), &json!(422)), "{problem}");
    }
}

#[tokio::test]
async fn a_symbol_reaches_no_other_route() {
    let problem = problem("get_metrics", json!({ "symbol": "AAPL/metrics?x=" })).await;
    assert_eq!(problem["errors"][0]["field"], "symbol", "{problem}");
}

#[tokio::test]
async fn a_store_that_cannot_be_reached_is_a_problem_too() {
    let reply = posted_to(MemoryMarkets::down(), &event_json("serve-mcp")).await;
    let message = reply.json();
    assert_eq!(message["result"]["structuredContent"]["code"], "upstream_unavailable", "{message}");
}

#[tokio::test]
async fn an_analysis_needs_a_user() {
    let message = sent("serve-mcp.request-analysis").await.json();
    assert_eq!(message["result"]["isError"], true, "{message}");
    assert_eq!(message["result"]["structuredContent"]["code"], "unauthenticated", "{message}");
}

#[tokio::test]
async fn a_bad_token_is_a_401_problem_with_a_challenge() {
    let reply = posted(&with_header("authorization", "Bearer not.a.token")).await;
    assert_problem(&reply, 401, "invalid_token");
    assert_eq!(reply.header("www-authenticate"), "Bearer");
}

#[tokio::test]
async fn unknown_methods_and_tools_are_errors_of_the_protocol() {
    let reply = posted(&with_body(json!({ "jsonrpc": "2.0", "id": 1, "method": "stocks/buy" }))).await;
    assert_error(&reply, 200, -32601);
    assert_error(&posted(&tool_call("buy_stock", &json!({}))).await, 200, -32602);
}

#[tokio::test]
async fn what_is_no_message_is_refused() {
    assert_error(&posted(&with_body("{\"jsonrpc\"")).await, 400, -32700);
    assert_error(&sent("serve-mcp.batch").await, 400, -32600);
    for body in ["null", "{}", "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}", "[]"] {
        assert_error(&posted(&with_body(body)).await, 400, -32600);
    }
    let answer = json!({ "jsonrpc": "2.0", "id": 1, "result": {} });
    assert_error(&posted(&with_body(answer)).await, 400, -32600);
}

#[tokio::test]
async fn headers_are_checked() {
    let version = posted(&with_header("mcp-protocol-version", "1999-01-01")).await;
    assert_problem(&version, 400, "unsupported_protocol_version");
    assert_problem(&posted(&with_header("origin", "https://evil.example.com")).await, 403, "origin_not_allowed");
    assert_problem(&posted(&with_header("origin", "null")).await, 403, "origin_not_allowed");
    assert_eq!(posted(&with_header("origin", "https://agents.example.com")).await.status, 200);
    assert_problem(&posted(&with_header("accept", "text/event-stream")).await, 406, "not_acceptable");
    assert_eq!(posted(&with_header("accept", "application/json")).await.status, 200);
    assert_problem(&posted(&with_header("content-type", "text/plain")).await, 415, "unsupported_media_type");
}

#[tokio::test]
async fn a_large_body_is_a_413_problem() {
    let reply = posted(&with_body("x".repeat(64 * 1024 + 1))).await;
    assert_problem(&reply, 413, "payload_too_large");
}

#[tokio::test]
async fn the_version_without_a_beginning_is_served() {
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "agent", "version": "1.0.0" },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let mut event = with_body(json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": "get_metrics", "arguments": { "symbol": "AAPL" }, "_meta": meta },
    }));
    for (name, value) in
        [("mcp-protocol-version", "2026-07-28"), ("mcp-method", "tools/call"), ("mcp-name", "get_metrics")]
    {
        event["headers"][name] = value.into();
    }
    let message = posted(&event).await.json();
    assert_eq!(message["result"]["structuredContent"]["symbol"], "AAPL", "{message}");
}

mod on_the_stack {
    use support::stack::Stack;

    use super::{Value, assert_problem, event_json};

    #[tokio::test]
    async fn an_analysis_of_a_user_is_requested() {
        let stack = Stack::running();
        let token = stack.sign_up().await.token;
        let event = event_json("serve-mcp.request-analysis");
        let message: Value = serde_json::from_str(event["body"].as_str().unwrap()).unwrap();
        let answer = stack.post_json("/mcp", Some(&token), &message).await.json();
        let analysis = &answer["result"]["structuredContent"];
        assert_eq!(analysis["status"], "requested", "{answer}");
        let path = format!("/v1/analyses/{}", analysis["id"].as_str().unwrap());
        assert_eq!(stack.get_json(&path, Some(&token)).await.status, 200);
    }

    #[tokio::test]
    async fn there_is_nothing_to_get_or_delete() {
        for method in ["GET", "DELETE"] {
            let reply = Stack::running().send(method, "/mcp", &[("accept", "text/event-stream")], "").await;
            assert_problem(&reply, 405, "method_not_allowed");
            assert_eq!(reply.header("allow"), "POST");
        }
    }
}
