//! The size of results, suggestions, and the tools that find stocks and metrics.

use market::{
    HistoryRow, Snapshot,
    fakes::{MemoryMarkets, history, snapshot},
};
use serde_json::{Value, json};

use super::{posted, posted_to, tool_call};

/// 100 stocks with a value for every metric but beta.
fn many() -> MemoryMarkets {
    let metrics = history("AAPL").last().unwrap().metrics;
    let stocks = (100..200).map(|number| Snapshot { metrics, ..snapshot(&format!("S{number}")) });
    MemoryMarkets::of(stocks.collect())
}

async fn content(markets: MemoryMarkets, tool: &str, arguments: Value) -> Value {
    let message = posted_to(markets, &tool_call(tool, &arguments)).await.json();
    assert_eq!(message["result"]["isError"], false, "{message}");
    message["result"]["structuredContent"].clone()
}

fn length(content: &Value) -> Option<usize> {
    content["items"].as_array().map(Vec::len)
}

#[tokio::test]
async fn a_history_has_60_rows_without_metrics_unless_more_is_asked_for() {
    let rows: Vec<HistoryRow> = history("AAPL");
    let newest = rows.last().unwrap().day.to_string();
    let markets = MemoryMarkets::with_history(rows);
    let found = content(markets, "get_history", json!({ "symbol": "AAPL" })).await;
    assert_eq!(length(&found), Some(60));
    assert_eq!(found["items"][0]["day"], newest.as_str());
    let fields: Vec<_> = found["items"][0].as_object().unwrap().keys().cloned().collect();
    assert_eq!(fields, ["adj_close", "close", "day", "high", "low", "open", "volume"]);
    assert!(found["next"].is_string(), "{found}");
}

#[tokio::test]
async fn a_screen_shows_the_fields_that_it_compares() {
    let arguments =
        json!({ "filters": ["rsi_14.gt=1", "adj_close.lt=@sma_50"], "sort": ["-sma_20"] });
    let found = content(many(), "screen_stocks", arguments).await;
    let fields: Vec<_> = found["items"][0].as_object().unwrap().keys().cloned().collect();
    for field in ["adj_close", "as_of", "close", "price_basis", "rsi_14", "sma_20", "sma_50"] {
        assert!(fields.contains(&field.to_owned()), "{fields:?}");
    }
    assert!(!fields.contains(&"macd".to_owned()), "{fields:?}");
    let found = content(many(), "screen_stocks", json!({ "sort": ["-sma_20"] })).await;
    assert_eq!(length(&found), Some(50));
}

#[tokio::test]
async fn a_result_is_below_25_kb_unless_its_limit_is_larger() {
    let long = || MemoryMarkets::with_history(history("AAPL"));
    let tools = posted(&super::event_json("serve-mcp.list-tools")).await.json();
    let choices = |tool: &str, argument: &str| {
        let all = tools["result"]["tools"].as_array().unwrap();
        let tool = all.iter().find(|it| it["name"] == tool).unwrap();
        tool["inputSchema"]["properties"][argument]["items"]["enum"].clone()
    };
    let mut metrics = choices("get_history", "metrics");
    metrics.as_array_mut().unwrap().retain(|name| name != "none");
    let fields = choices("screen_stocks", "fields");
    for (markets, tool, arguments) in [
        (long(), "get_history", json!({ "symbol": "AAPL" })),
        (long(), "get_history", json!({ "symbol": "AAPL", "metrics": ["rsi_14"] })),
        (long(), "get_history", json!({ "symbol": "AAPL", "metrics": ["rsi_14", "macd"] })),
        (long(), "get_history", json!({ "symbol": "AAPL", "metrics": metrics })),
        (many(), "get_metrics", json!({ "symbol": "S100" })),
        (many(), "screen_stocks", json!({})),
        (many(), "screen_stocks", json!({ "fields": fields })),
        (many(), "screen_stocks", json!({ "fields": ["rsi_14", "macd", "bollinger_upper"] })),
        (many(), "search_stocks", json!({})),
        (many(), "search_stocks", json!({ "q": "apple" })),
        (many(), "list_metric_definitions", json!({})),
    ] {
        let reply = posted_to(markets, &tool_call(tool, &arguments)).await;
        assert_eq!(reply.json()["result"]["isError"], false, "{}", reply.json());
        assert!(reply.body.len() < 25 * 1024, "{tool} {arguments}: {} bytes", reply.body.len());
        assert!(!reply.text().contains(r#"\":null"#), "{}", reply.text());
    }
}

#[tokio::test]
async fn a_limit_above_the_largest_is_the_largest() {
    let found = content(many(), "search_stocks", json!({ "limit": 3000 })).await;
    assert_eq!(length(&found), Some(100));
    let markets = MemoryMarkets::with_history(history("AAPL"));
    let found = content(markets, "get_history", json!({ "symbol": "AAPL", "limit": 1e9 })).await;
    assert_eq!(length(&found), Some(500));
}

#[tokio::test]
async fn stocks_are_found_by_name() {
    let found =
        content(MemoryMarkets::with(&["AAPL", "IBM"]), "search_stocks", json!({ "q": "apple" }))
            .await;
    let apple = json!({
        "symbol": "AAPL", "name": "Apple Inc.", "exchange": "NASDAQ", "currency": "USD",
        "as_of": "2013-03-01",
    });
    assert_eq!(length(&found), Some(1), "{found}");
    for (field, value) in apple.as_object().unwrap() {
        assert_eq!(found["items"][0][field], *value, "{found}");
    }
}

#[tokio::test]
async fn an_unknown_symbol_has_suggestions() {
    for (tool, symbol) in
        [("get_metrics", "Apple"), ("get_history", "apple inc."), ("get_chart", "Apple")]
    {
        let reply = posted(&tool_call(tool, &json!({ "symbol": symbol }))).await.json();
        let problem = &reply["result"]["structuredContent"];
        assert_eq!(reply["result"]["isError"], true, "{reply}");
        assert_eq!(problem["suggestions"][0]["symbol"], "AAPL", "{problem}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.ends_with(" Did you mean AAPL (Apple Inc.)?"), "{detail}");
    }
    let other = posted(&tool_call("get_metrics", &json!({ "symbol": "NOPE" }))).await.json();
    assert_eq!(other["result"]["structuredContent"].get("suggestions"), None, "{other}");
}

#[tokio::test]
async fn the_definitions_of_metrics_are_listed() {
    let found = content(many(), "list_metric_definitions", json!({})).await;
    let rsi = found["items"].as_array().unwrap().iter().find(|it| it["name"] == "rsi_14");
    assert!(rsi.unwrap()["formula"].is_string(), "{found}");
    let call = tool_call("list_metric_definitions", &json!({ "format": "csv" }));
    let reply = posted(&call).await.json();
    let text = reply["result"]["content"][0]["text"].as_str().unwrap();
    assert!(text.starts_with("name,title,unit,"), "{text}");
}
