//! The results of the tools.

use market::fakes::{MemoryMarkets, history as sample, snapshot};
use serde_json::{Value, json};
use support::{app::App, event_json};

use super::{ANALYST, posted, posted_to, sent, tool_call, with_body};

/// The tools and their required arguments.
const TOOLS: [(&str, &[&str]); 8] = [
    ("search_stocks", &[]),
    ("get_metrics", &["symbol"]),
    ("screen_stocks", &[]),
    ("get_history", &["symbol"]),
    ("get_chart", &["symbol"]),
    ("list_metric_definitions", &[]),
    ("request_analysis", &["symbol"]),
    ("get_analysis", &["id"]),
];

/// The result of a tool.
async fn result(tool: &str, arguments: Value) -> Value {
    let reply = posted(&tool_call(tool, &arguments)).await;
    let message = reply.json();
    assert_eq!((reply.status, message["id"].as_str()), (200, Some("a")), "{message}");
    message["result"].clone()
}

/// The problem that is the result of a tool.
async fn problem(tool: &str, arguments: Value) -> Value {
    let result = result(tool, arguments).await;
    assert_eq!(result["isError"], true, "{result}");
    result["structuredContent"].clone()
}

#[tokio::test]
async fn every_tool_has_a_valid_input_schema() {
    let message = sent("serve-mcp.list-tools").await.json();
    let tools = message["result"]["tools"].as_array().unwrap();
    let names: Vec<_> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(names, TOOLS.map(|(name, _)| name));
    for (tool, (name, required)) in tools.iter().zip(TOOLS) {
        let schema = &tool["inputSchema"];
        jsonschema::meta::validate(schema).unwrap();
        assert_eq!(schema["type"], "object", "{name}");
        assert_eq!(schema.get("required").cloned().unwrap_or(json!([])), json!(required), "{name}");
        for (field, about) in schema["properties"].as_object().unwrap() {
            assert!(about["description"].is_string(), "{name} does not describe {field}");
        }
        assert_eq!(tool["annotations"]["readOnlyHint"], name != "request_analysis", "{name}");
    }
}

#[tokio::test]
async fn a_tool_returns_the_body_of_its_route_without_fields_of_null() {
    let mut route = App::with(MemoryMarkets::with_january()).event("get-metrics").await.json();
    route.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    let message = sent("serve-mcp").await.json();
    assert_eq!(message["result"]["structuredContent"], route);
    let text = message["result"]["content"][0]["text"].as_str().unwrap();
    assert_eq!(serde_json::from_str::<Value>(text).unwrap(), route);
    assert!(text.starts_with(r#"{"symbol":"AAPL","name":"Apple Inc.","#), "{text}");
}

#[tokio::test]
async fn stocks_are_screened_by_bounds() {
    let fields = json!(["symbol", "rsi_14"]);
    let found = result(
        "screen_stocks",
        json!({ "filters": { "rsi_14.lt": 40 }, "sort": "-rsi_14", "fields": fields }),
    )
    .await;
    assert_eq!(found["structuredContent"]["items"][0]["symbol"], "AAPL", "{found}");
    let found = result("screen_stocks", json!({ "filters": { "rsi_14.lt": 30.5 } })).await;
    assert_eq!(found["structuredContent"]["items"], json!([]), "{found}");
    let found = result("screen_stocks", json!({ "symbols": ["AAPL", "NOPE"] })).await;
    assert_eq!(found["structuredContent"]["items"].as_array().unwrap().len(), 2, "{found}");
}

#[tokio::test]
async fn a_bound_is_a_number_or_a_text() {
    for (bound, found) in
        [(json!(1e6), 1), (json!(1_000_000), 1), (json!(1e9), 0), (json!("1000000"), 1)]
    {
        let result = result("screen_stocks", json!({ "filters": { "volume.gt": bound } })).await;
        assert_eq!(
            result["structuredContent"]["items"].as_array().map(Vec::len),
            Some(found),
            "{bound}: {result}"
        );
    }
    let later = result("screen_stocks", json!({ "filters": { "as_of.gt": "2013-03-01" } })).await;
    assert_eq!(later["structuredContent"]["items"], json!([]), "{later}");
}

#[tokio::test]
async fn conditions_are_texts() {
    for (conditions, found) in [
        (json!(["volume.gt=1000000"]), 1),
        (json!([" volume.gt = 1000000 ", "as_of.gte=2013-03-01"]), 1),
        (json!(["volume.gt=1000000", "as_of.gt=2013-03-01"]), 0),
        (json!(["symbol=AAPL"]), 1),
        (json!([]), 1),
    ] {
        let result = result("screen_stocks", json!({ "filters": conditions })).await;
        assert_eq!(
            result["structuredContent"]["items"].as_array().map(Vec::len),
            Some(found),
            "{conditions}: {result}"
        );
    }
}

#[tokio::test]
async fn a_malformed_or_repeated_condition_is_a_problem() {
    for (condition, code) in [
        ("rsi_14.lt", "validation_failed"),
        ("rsi_14.lt=low", "validation_failed"),
        ("rsi_14.lt=", "validation_failed"),
        ("rsi_14 < 30", "validation_failed"),
        ("rsi.lt=30", "unknown_parameter"),
    ] {
        let problem = problem("screen_stocks", json!({ "filters": [condition] })).await;
        assert_eq!((&problem["status"], &problem["code"]), (&json!(400), &json!(code)));
    }
    let twice = json!({ "filters": ["rsi_14.lt=30", "rsi_14.lt=40"] });
    let problem = problem("screen_stocks", twice).await;
    assert_eq!(problem["errors"][0]["code"], "repeated", "{problem}");
}

#[tokio::test]
async fn another_parameter_of_the_route_is_no_filter() {
    for name in ["limit", "sort", "symbols", "cursor", "fields", "format"] {
        for filters in [json!({ name: 1 }), json!([format!("{name}=1")])] {
            let problem = problem("screen_stocks", json!({ "filters": filters })).await;
            assert_eq!(
                (&problem["status"], &problem["code"]),
                (&json!(400), &json!("validation_failed"))
            );
            assert_eq!(problem["errors"][0]["field"], format!("filters.{name}"), "{problem}");
        }
    }
}

#[tokio::test]
async fn a_history_begins_at_its_end_unless_another_order_is_asked_for() {
    for (sort, days) in [
        (Value::Null, ["2013-01-31", "2013-01-30"]),
        (json!("-day"), ["2013-01-31", "2013-01-30"]),
        (json!("day"), ["2013-01-01", "2013-01-02"]),
    ] {
        let arguments = json!({ "symbol": "AAPL", "sort": sort, "limit": 2 });
        let found = result("get_history", arguments).await["structuredContent"].clone();
        assert_eq!(found["items"][0]["day"], days[0], "{sort}");
        assert_eq!(found["items"][1]["day"], days[1], "{sort}");
    }
}

#[tokio::test]
async fn a_long_history_is_cut_to_the_response_limit_of_a_function() {
    let markets = MemoryMarkets::with_history(sample("AAPL"));
    let call = tool_call("get_history", &json!({ "symbol": "AAPL", "limit": 5000 }));
    let reply = posted_to(markets, &call).await;
    assert_eq!(
        reply.json()["result"]["structuredContent"]["items"].as_array().map(Vec::len),
        Some(500)
    );
    assert!(reply.json()["result"]["structuredContent"]["next"].is_string());
    assert!(reply.body.len() < 4_000_000, "{} bytes", reply.body.len());
}

#[tokio::test]
async fn history_continues_with_its_cursor() {
    let arguments =
        json!({ "symbol": "AAPL", "from": "2013-01-10", "metrics": ["rsi_14"], "limit": 2 });
    let first = result("get_history", arguments.clone()).await["structuredContent"].clone();
    assert_eq!(first["items"][1]["day"], "2013-01-30", "{first}");
    let mut arguments = arguments;
    arguments["cursor"] = first["next"].clone();
    let second = result("get_history", arguments).await["structuredContent"].clone();
    assert_eq!(second["items"][0]["day"], "2013-01-29", "{second}");
}

#[tokio::test]
async fn a_chart_is_an_image() {
    let result =
        result("get_chart", json!({ "symbol": "AAPL", "width": 320, "panels": ["rsi", "volume"] }))
            .await;
    let image = &result["content"][0];
    assert_eq!((&image["type"], &image["mimeType"]), (&json!("image"), &json!("image/png")));
    assert_eq!(width(image), 320);
    let freshness =
        json!({ "type": "text", "text": "as_of: 2013-03-01, refreshed_at: 2026-03-02T09:30:00Z" });
    assert_eq!(result["content"][1], freshness);
}

#[tokio::test]
async fn a_chart_is_text_when_svg_is_asked_for() {
    let result =
        result("get_chart", json!({ "symbol": "AAPL", "format": "svg", "range": "1m" })).await;
    assert!(result["content"][0]["text"].as_str().unwrap().starts_with("<svg "), "{result}");
}

#[tokio::test]
async fn the_arguments_of_a_chart_are_the_parameters_of_its_route() {
    let arguments = json!({
        "symbol": "AAPL", "from": "2012-03-01", "to": "2013-02-28", "style": "area",
        "panels": ["macd"], "width": 320, "scale": 2,
    });
    assert_eq!(width(&result("get_chart", arguments).await["content"][0]), 640);
    let arguments = json!({ "symbol": "AAPL", "format": "svg", "font": "system" });
    let svg = result("get_chart", arguments).await["content"][0]["text"].clone();
    assert!(!svg.as_str().unwrap().contains("font-face"), "{svg}");
    let scaled = json!({ "symbol": "AAPL", "format": "svg", "scale": 2 });
    assert_eq!(problem("get_chart", scaled).await["code"], "unknown_parameter");
    let twice = json!({ "symbol": "AAPL", "range": "1m", "from": "2013-02-01" });
    assert_eq!(problem("get_chart", twice).await["errors"][0]["code"], "not_combinable");
}

/// The width of an image of a result, in pixels.
fn width(image: &Value) -> u32 {
    let data = image["data"].as_str().unwrap();
    let png = base64::Engine::decode(&base64::prelude::BASE64_STANDARD, data).unwrap();
    resvg::tiny_skia::Pixmap::decode_png(&png).unwrap().width()
}

#[tokio::test]
async fn a_problem_of_a_route_is_the_result_of_its_tool() {
    let unknown = problem("get_metrics", json!({ "symbol": "NOPE" })).await;
    assert_eq!(
        (&unknown["code"], &unknown["status"]),
        (&json!("stock_not_found"), &json!(404)),
        "{unknown}"
    );
    let invalid = problem("get_chart", json!({ "symbol": "AAPL", "range": "10y" })).await;
    assert_eq!(invalid["errors"][0]["field"], "range", "{invalid}");
    let unknown = problem("screen_stocks", json!({ "filters": { "rsi.lt": 30 } })).await;
    assert_eq!(unknown["code"], "unknown_parameter", "{unknown}");
}

#[tokio::test]
async fn an_argument_of_null_counts_as_left_out() {
    for (tool, given, nulls) in [
        ("get_history", json!({ "symbol": "AAPL" }), &["from", "interval", "metrics", "limit"][..]),
        ("get_chart", json!({ "symbol": "AAPL" }), &["format", "theme", "panels", "width"]),
        ("screen_stocks", json!({}), &["symbols", "filters", "sort", "fields", "cursor"]),
    ] {
        let mut with_nulls = given.clone();
        for name in nulls {
            with_nulls[*name] = Value::Null;
        }
        assert_eq!(result(tool, with_nulls).await, result(tool, given).await, "{tool}");
    }
    let filters = json!({ "filters": { "rsi_14.lt": null } });
    assert_eq!(result("screen_stocks", filters).await, result("screen_stocks", json!({})).await);
}

#[tokio::test]
async fn a_symbol_reaches_no_other_route() {
    let problem = problem("get_metrics", json!({ "symbol": "AAPL/metrics?x=" })).await;
    assert_eq!(problem["errors"][0]["field"], "symbol", "{problem}");
}

#[tokio::test]
async fn an_unavailable_store_is_a_problem() {
    let reply = posted_to(MemoryMarkets::down(), &event_json("serve-mcp")).await;
    let message = reply.json();
    assert_eq!(message["result"]["structuredContent"]["code"], "upstream_unavailable", "{message}");
}

#[tokio::test]
async fn parameters_reach_the_route_as_they_were_sent() {
    let exact = r#"{"horizon_days":30.00000000000000000001,"seed":123456789012345678901234567890}"#;
    let quoted = json!(exact).to_string();
    for parameters in [exact, &quoted] {
        let mut event = with_body(format!(
            r#"{{"jsonrpc": "2.0", "id": "a", "method": "tools/call", "params": {{
                "name": "request_analysis",
                "arguments": {{"symbol": "AAPL", "parameters": {parameters}}}
            }}}}"#
        ));
        event["headers"]["authorization"] = ANALYST.into();
        let message = posted(&event).await.json();
        let detail = message["result"]["structuredContent"]["detail"].as_str().unwrap();
        assert!(detail.starts_with(exact), "{message}");
    }
}

#[tokio::test]
async fn a_result_has_the_digits_of_the_route() {
    let exact = "123456.123456789012";
    let mut snapshot = snapshot("AAPL");
    snapshot.close = exact.parse().unwrap();
    let markets = MemoryMarkets::of(vec![snapshot]);
    let reply = posted_to(markets, &event_json("serve-mcp")).await;
    let message = String::from_utf8(reply.body.clone()).unwrap();
    assert!(message.contains(&format!(r#""close":{exact},"#)), "{message}");
    assert!(message.contains(&format!(r#"\"close\":{exact},"#)), "{message}");
}

#[tokio::test]
async fn repeated_arguments_are_an_error_of_the_protocol() {
    let twice = r#"{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params":
        {"name": "get_metrics", "arguments": {}, "arguments": {"symbol": "AAPL"}}}"#;
    let message = posted(&with_body(twice)).await.json();
    assert_eq!(message["error"]["code"], -32602, "{message}");
}

#[tokio::test]
async fn an_analysis_needs_a_user() {
    let message = sent("serve-mcp.request-analysis").await.json();
    assert_eq!(message["result"]["isError"], true, "{message}");
    assert_eq!(message["result"]["structuredContent"]["code"], "unauthenticated", "{message}");
    let id = json!({ "id": "0197a3f2-7c1e-7d3a-9b5e-2f4a6c8e0b1d" });
    assert_eq!(problem("get_analysis", id).await["code"], "unauthenticated");
}
