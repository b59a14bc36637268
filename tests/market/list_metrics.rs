//! `GET /v1/metrics`

mod batch;
mod refusals;

use market::fakes::{MemoryMarkets, snapshot};
use market::{Metric, Snapshot, Values};
use serde_json::{Value, json};
use support::has_fields;
use support::{Response, app::App, assert_problem, event_json};

/// RSI and return of the stocks; what is missing is null.
fn with(symbol: &str, rsi: Option<f64>, return_21d: Option<f64>) -> Snapshot {
    let values = [(Metric::Rsi14, rsi), (Metric::Return21d, return_21d)];
    let metrics =
        values.into_iter().filter_map(|(metric, value)| Some((metric, value?))).collect::<Values>();
    Snapshot { metrics, ..snapshot(symbol) }
}

async fn list_of(snapshots: Vec<Snapshot>, event: &str, query: Option<&str>) -> Response {
    let mut json = event_json(event);
    if let Some(query) = query {
        json["rawQueryString"] = query.into();
    }
    answer(snapshots, &json).await
}

async fn answer(snapshots: Vec<Snapshot>, event: &Value) -> Response {
    App::with(MemoryMarkets::of(snapshots)).respond("list-metrics", event).await
}

async fn list(query: &str) -> Response {
    let stocks = vec![
        with("AAPL", Some(33.3), Some(-0.05)),
        with("IBM", Some(28.0), Some(0.02)),
        with("MSFT", None, Some(0.02)),
        with("SPX", Some(33.3), None),
    ];
    list_of(stocks, "list-metrics", Some(query)).await
}

fn symbols(body: &Value) -> Vec<&str> {
    body["items"].as_array().unwrap().iter().map(|item| item["symbol"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn pages_hold_the_metrics_of_each_stock_once() {
    let first = list("limit=3").await;
    assert!(first.header("cache-control").starts_with("public"), "{first:?}");
    let body = first.json();
    assert_eq!(symbols(&body), ["AAPL", "IBM", "MSFT"]);
    let second = list(&format!("limit=3&cursor={}", body["next"].as_str().unwrap())).await.json();
    assert_eq!(symbols(&second), ["SPX"]);
    assert!(second["next"].is_null());
}

#[tokio::test]
async fn filters_on_several_fields_are_all_met_and_null_meets_none() {
    assert_eq!(symbols(&list("rsi_14.lt=33.3").await.json()), ["IBM"]);
    assert_eq!(symbols(&list("rsi_14.lte=33.3&return_21d.gt=-0.1").await.json()), ["AAPL", "IBM"]);
    assert_eq!(symbols(&list("rsi_14=33.3").await.json()), ["AAPL", "SPX"]);
    assert_eq!(symbols(&list("symbol.gte=ibm&symbol.lt=SPX").await.json()), ["IBM", "MSFT"]);
    assert_eq!(
        symbols(&list("close.gt=430.46&as_of=2013-03-01&volume.gte=1").await.json()).len(),
        4
    );
}

#[tokio::test]
async fn null_comes_last_in_both_directions_and_equals_are_by_symbol() {
    assert_eq!(symbols(&list("sort=rsi_14").await.json()), ["IBM", "AAPL", "SPX", "MSFT"]);
    assert_eq!(symbols(&list("sort=-rsi_14").await.json()), ["AAPL", "SPX", "IBM", "MSFT"]);
    assert_eq!(
        symbols(&list("sort=-return_21d,-symbol").await.json()),
        ["MSFT", "IBM", "AAPL", "SPX"]
    );
}

#[tokio::test]
async fn a_sorted_list_is_continued_behind_nulls_and_equals() {
    let (mut met, mut cursor) = (Vec::new(), String::new());
    for _ in 0..4 {
        let body = list(&format!("sort=-rsi_14&limit=1{cursor}")).await.json();
        met.push(body["items"][0]["symbol"].as_str().unwrap().to_owned());
        cursor = body["next"].as_str().map(|next| format!("&cursor={next}")).unwrap_or_default();
    }
    assert_eq!(met, ["AAPL", "SPX", "IBM", "MSFT"]);
    assert_eq!(cursor, "");
}

#[tokio::test]
async fn a_cursor_of_another_filter_or_sort_is_refused_and_other_fields_are_not() {
    let body = list("sort=-rsi_14&limit=1").await.json();
    let next = body["next"].as_str().unwrap();
    for query in ["sort=rsi_14", "sort=-rsi_14&rsi_14.lt=90", ""] {
        assert_problem(&list(&format!("{query}&cursor={next}")).await, 400, "invalid_cursor");
    }
    assert_eq!(list(&format!("sort=-rsi_14,symbol&fields=close&cursor={next}")).await.status, 200);
}

#[tokio::test]
async fn an_item_has_the_fields_asked_for_and_its_symbol() {
    let reply =
        list_of(vec![with("AAPL", Some(33.3), Some(0.1))], "list-metrics.screener", None).await;
    let body = reply.json();
    assert!(has_fields(&body["items"][0], &["symbol", "close", "rsi_14"]), "{body}");
    assert_eq!(String::from_utf8(reply.body).unwrap().matches("430.47").count(), 1);
    let body = list("fields=rsi_14&limit=1").await.json();
    assert!(has_fields(&body["items"][0], &["symbol", "rsi_14"]), "{body}");
}

#[tokio::test]
async fn numbers_may_be_written_as_in_json() {
    // The closes are 430.47.
    for (value, above) in [
        ("1e2", 4),
        ("1E%2B2", 4),
        ("100.0", 4),
        ("-0", 4),
        ("1e308", 0),
        ("99999999999999999999999999999999", 0),
    ] {
        assert_eq!(
            symbols(&list(&format!("close.gt={value}")).await.json()).len(),
            above,
            "{value}"
        );
        assert_eq!(list(&format!("rsi_14.lt={value}")).await.status, 200, "{value}");
    }
}

mod on_the_stack {
    use support::stack::Stack;

    use super::*;

    #[tokio::test]
    async fn a_screener_filters_and_sorts_by_any_metric() {
        let stack = Stack::running();
        let path = "/v1/metrics?symbol.lte=SPX&rsi_14.gt=0&as_of=2013-03-01&sort=-return_21d&fields=return_21d";
        let body = stack.get_json(path, None).await.json();
        let returns: Vec<f64> = body["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["return_21d"].as_f64().unwrap())
            .collect();
        assert!(returns.len() >= 4 && returns.is_sorted_by(|one, next| one >= next), "{body}");
        assert!(has_fields(&body["items"][0], &["symbol", "return_21d"]), "{body}");
    }

    #[tokio::test]
    async fn every_field_can_be_filtered_and_sorted_by() {
        let stack = Stack::running();
        let whole = stack.get_json("/v1/metrics?symbol=AAPL", None).await.json();
        for (name, value) in whole["items"][0].as_object().unwrap() {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let path = format!(
                "/v1/metrics?symbol=AAPL&{name}.gte={value}&{name}.lte={value}&{name}={value}&sort=-{name}"
            );
            let path = if name == "symbol" {
                "/v1/metrics?symbol=AAPL&sort=-symbol".to_owned()
            } else {
                path
            };
            let answer = stack.get_json(&path, None).await;
            assert_eq!(
                answer.json()["items"].as_array().map(Vec::len),
                Some(1),
                "{path}: {}",
                answer.json()
            );
        }
    }

    #[tokio::test]
    async fn a_batch_has_an_item_for_each_symbol() {
        let stack = Stack::running();
        let body = stack.get_json("/v1/metrics?symbols=MSFT,NOPE,AAPL", None).await.json();
        assert_eq!(symbols(&body), ["MSFT", "NOPE", "AAPL"]);
        assert_eq!(body["items"][1]["error"]["code"], "stock_not_found");
        assert_eq!(body["items"][2]["close"], 430.47);
    }
}
