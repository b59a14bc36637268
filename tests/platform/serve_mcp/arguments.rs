//! Arguments that do not fit, and the choices of those that do.

use serde_json::{Value, json};
use support::{contract, template};

use super::{posted, sent, tool_call};

/// The problem that is the result of a tool.
async fn problem(tool: &str, arguments: &Value) -> Value {
    let message = posted(&tool_call(tool, arguments)).await.json();
    assert_eq!(message["result"]["isError"], true, "{arguments}: {message}");
    message["result"]["structuredContent"].clone()
}

/// Asserts that a call is a problem with this status, about this argument, in words.
async fn assert_explained(tool: &str, cases: impl IntoIterator<Item = (Value, u16, &str, &str)>) {
    for (arguments, status, field, detail) in cases {
        let problem = problem(tool, &arguments).await;
        let error = &problem["errors"][0];
        assert_eq!((&problem["status"], &error["field"]), (&json!(status), &json!(field)));
        let found = error["detail"].as_str().unwrap();
        assert!(found.contains(detail), "{arguments}: {found}");
    }
}

#[tokio::test]
async fn a_missing_or_unknown_argument_is_named() {
    let known = "This tool takes these arguments: symbol.";
    let cases = [
        (json!({}), 422, "symbol", "symbol is required: Ticker symbol"),
        (json!({ "symbol": null }), 422, "symbol", "symbol is required"),
        (json!({ "symbol": ["AAPL"] }), 422, "symbol", "must be a text"),
        (json!({ "symbol": "AAPL", "currency": "EUR" }), 422, "currency", known),
    ];
    assert_explained("get_metrics", cases).await;
    assert_explained("get_analysis", [(json!({}), 422, "id", "id is required")]).await;
}

#[tokio::test]
async fn a_wrong_argument_of_a_chart_is_explained_in_words() {
    let pixels = "must be an integer from 320 to 1600";
    let format = json!({ "symbol": "AAPL", "format": { "svg": null } });
    let cases = [
        (json!({ "symbol": "AAPL", "width": "wide" }), 400, "width", pixels),
        (json!({ "symbol": "AAPL", "width": -1 }), 400, "width", pixels),
        (json!({ "symbol": "AAPL", "width": 640.5 }), 400, "width", pixels),
        (json!({ "symbol": "AAPL", "width": [640] }), 422, "width", pixels),
        (json!({ "symbol": "AAPL", "format": 7 }), 400, "format", "must be png or svg"),
        (format, 422, "format", "must be one of png, svg"),
    ];
    assert_explained("get_chart", cases).await;
}

#[tokio::test]
async fn a_wrong_argument_of_a_history_is_explained_in_words() {
    let metric = "\"rsi\" is not a metric. Use none, or any of: return_1d";
    let list = "must be a list of any of none, return_1d";
    let limit = "must be an integer from 1 to";
    let cases = [
        (json!({ "symbol": "AAPL", "interval": "year" }), 400, "interval", "day"),
        (json!({ "symbol": "AAPL", "adjusted": "yes" }), 400, "adjusted", "true or false"),
        (json!({ "symbol": "AAPL", "metrics": ["rsi"] }), 400, "metrics", metric),
        (json!({ "symbol": "AAPL", "metrics": [["rsi_14"]] }), 422, "metrics", list),
        (json!({ "symbol": "AAPL", "limit": -1 }), 400, "limit", limit),
    ];
    assert_explained("get_history", cases).await;
}

#[tokio::test]
async fn a_wrong_argument_of_a_screen_is_explained_in_words() {
    let list = "must be a list of conditions";
    let form = "e.g. rsi_14.lt=30 for below 30";
    let sortable = "\"rsi\" is not sortable. Sortable fields: symbol";
    let nested = json!({ "filters": { "rsi_14": { "lt": 30 } } });
    let below = json!({ "filters": ["rsi_14.below=30"] });
    let cases = [
        (json!({ "filters": [7, {}] }), 422, "filters", list),
        (nested, 422, "filters", list),
        (json!({ "filters": ["rsi_14 < 30"] }), 400, "filters.rsi_14 < 30", form),
        (below, 400, "rsi_14.below", "rsi_14 takes the filters rsi_14="),
        (json!({ "sort": "rsi" }), 400, "sort", sortable),
        (json!({ "limit": "many" }), 400, "limit", "must be an integer from 1 to 200"),
    ];
    assert_explained("screen_stocks", cases).await;
}

#[tokio::test]
async fn the_parameters_of_an_analysis_are_an_object() {
    let cases = ["\"horizon\"", "\"[1]\"", "[1]", "7"].map(|parameters| {
        let parameters: Value = serde_json::from_str(parameters).unwrap();
        let arguments = json!({ "symbol": "AAPL", "parameters": parameters });
        (arguments, 422, "parameters", "must be a JSON object, or its text")
    });
    assert_explained("request_analysis", cases).await;
}

#[tokio::test]
async fn a_value_may_have_the_form_of_a_query() {
    for (tool, given, query) in [
        (
            "get_history",
            json!({ "metrics": ["rsi_14", "beta_252d"], "limit": 2 }),
            json!({ "metrics": "rsi_14,beta_252d", "limit": "2" }),
        ),
        (
            "get_history",
            json!({ "adjusted": true, "limit": 2.0 }),
            json!({ "adjusted": "true", "limit": 2 }),
        ),
        (
            "get_chart",
            json!({ "panels": ["rsi", "macd"], "width": 400 }),
            json!({ "panels": "rsi,macd", "width": 4e2 }),
        ),
    ] {
        let replies = [given, query].map(|mut arguments| {
            arguments["symbol"] = "AAPL".into();
            tool_call(tool, &arguments)
        });
        let [one, other] = [posted(&replies[0]).await.json(), posted(&replies[1]).await.json()];
        assert_eq!(one["result"]["isError"], false, "{one}");
        assert_eq!(one, other);
    }
}

/// The choices in a schema of the contract, or of its items.
fn choices(contract: &Value, schema: &Value) -> Vec<Value> {
    if let Some(reference) = schema["$ref"].as_str() {
        return choices(contract, &contract.pointer(&reference[1..]).unwrap().clone());
    }
    let choices = schema["enum"].as_array().filter(|all| all[0].is_string()).cloned();
    choices.unwrap_or_else(|| match schema.get("items") {
        Some(items) => self::choices(contract, items),
        None => Vec::new(),
    })
}

#[tokio::test]
async fn the_choices_of_an_argument_are_those_of_its_parameter() {
    let contract = contract::json(&template::yaml("infra/api/openapi.yaml"));
    let tools = sent("serve-mcp.list-tools").await.json()["result"]["tools"].clone();
    let mut compared = Vec::new();
    for (tool, path) in [
        ("search_stocks", "/v1/stocks"),
        ("screen_stocks", "/v1/metrics"),
        ("get_history", "/v1/stocks/{symbol}/history"),
        ("get_chart", "/v1/stocks/{symbol}/chart.png"),
    ] {
        let tool = tools.as_array().unwrap().iter().find(|it| it["name"] == tool).unwrap();
        for parameter in contract["paths"][path]["get"]["parameters"].as_array().unwrap() {
            let reference = parameter["$ref"].as_str().map(|text| &text[1..]);
            let parameter = reference.map_or(parameter, |text| contract.pointer(text).unwrap());
            let name = parameter["name"].as_str().unwrap();
            let Some(argument) = tool["inputSchema"]["properties"].get(name) else { continue };
            let (mut known, mut offered) =
                (choices(&contract, &parameter["schema"]), choices(&contract, argument));
            known.sort_by_key(Value::to_string);
            offered.sort_by_key(Value::to_string);
            assert_eq!(offered, known, "{name} of {}", tool["name"]);
            compared.extend((!known.is_empty()).then(|| name.to_owned()));
        }
    }
    for name in ["sort", "fields", "metrics", "interval", "range", "style", "theme", "panels"] {
        assert!(compared.contains(&name.to_owned()), "{name} has no choices: {compared:?}");
    }
}
