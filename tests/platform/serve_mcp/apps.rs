//! The chart as an MCP App.

use serde_json::json;

use super::{posted, sent, with_body};

const URI: &str = "ui://bellwether/chart";

#[tokio::test]
async fn the_chart_names_its_page() {
    let message = sent("serve-mcp.list-tools").await.json();
    for tool in message["result"]["tools"].as_array().unwrap() {
        let page = &tool["_meta"]["ui"]["resourceUri"];
        let expected = (tool["name"] == "get_chart").then_some(URI);
        assert_eq!(page.as_str(), expected, "{tool}");
    }
    let list = json!({ "jsonrpc": "2.0", "id": 1, "method": "resources/list" });
    let message = posted(&with_body(list)).await.json();
    assert_eq!(message["result"]["resources"][0]["uri"], URI, "{message}");
}

#[tokio::test]
async fn the_page_of_the_chart_loads_nothing() {
    let read = |uri: &str| {
        let params = json!({ "uri": uri });
        with_body(
            json!({ "jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": params }),
        )
    };
    let message = posted(&read(URI)).await.json();
    let page = &message["result"]["contents"][0];
    assert_eq!(
        (&page["uri"], &page["mimeType"]),
        (&json!(URI), &json!("text/html;profile=mcp-app")),
        "{message}"
    );
    assert_eq!(page["_meta"]["ui"]["csp"], json!({}), "{message}");
    let html = page["text"].as_str().unwrap();
    assert!(html.starts_with("<!doctype html>"), "{html}");
    for loads in ["http:", "https:", " src=", "href=", "import ", "fetch(", "@import", "url("] {
        assert!(!html.contains(loads), "{loads}");
    }
    let unknown = posted(&read("ui://bellwether/table")).await.json();
    assert_eq!(unknown["error"]["code"], -32002, "{unknown}");
}
