//! `GET /v1/stocks/{symbol}`

use market::fakes::MemoryMarkets;
use serde_json::{Value, json};
use support::{app::App, assert_problem};

#[tokio::test]
async fn a_stock_is_one_object_with_its_latest_metrics() {
    let reply = App::with(MemoryMarkets::with_aapl()).get("/v1/stocks/AAPL").await;
    let mut body = reply.json();
    body["metrics"] = "<metrics>".into();
    insta::assert_snapshot!(serde_json::to_string_pretty(&body).unwrap(), @r#"
    {
      "active": true,
      "as_of": "2013-03-01",
      "currency": "USD",
      "exchange": "NASDAQ",
      "first_day": "2000-03-01",
      "has_error": false,
      "kind": "stock",
      "metrics": "<metrics>",
      "name": "Apple Inc.",
      "refresh_error": null,
      "refreshed_at": "2026-03-02T09:30:00Z",
      "rejected_rows": null,
      "stale": false,
      "status": "active",
      "symbol": "AAPL"
    }
    "#);
}

#[tokio::test]
async fn a_stock_without_bars_is_pending() {
    let app = App::with(MemoryMarkets::with_aapl().unrefreshed("NEW"));
    let stock = app.get("/v1/stocks/NEW").await.json();
    assert_eq!((&stock["status"], &stock["metrics"]), (&json!("pending"), &Value::Null));
    assert_eq!(stock["active"], true);
}

#[tokio::test]
async fn the_metrics_of_a_stock_are_those_of_their_own_route() {
    let app = App::with(MemoryMarkets::with_aapl());
    let stock = app.get("/v1/stocks/AAPL").await.json();
    let mut metrics = app.get("/v1/stocks/AAPL/metrics").await.json();
    // The stock has the flag for the response as a whole.
    metrics.as_object_mut().unwrap().remove("stale");
    assert_eq!(stock["metrics"], metrics);
}

#[tokio::test]
async fn anyone_may_cache_a_stock_for_a_minute() {
    let reply = App::with(MemoryMarkets::with_aapl()).event("get-stock").await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert!(reply.header("cache-control").starts_with("public, max-age=60,"), "{reply:?}");
}

#[tokio::test]
async fn unknown_symbol_is_a_404_problem() {
    let reply = App::with(MemoryMarkets::with_aapl()).event("get-stock.unknown-symbol").await;
    assert_problem(&reply, 404, "stock_not_found");
}

#[tokio::test]
async fn an_invalid_symbol_is_a_400_problem_that_names_it() {
    let reply = App::with(MemoryMarkets::with_aapl()).event("get-stock.invalid-symbol").await;
    assert_eq!(assert_problem(&reply, 400, "validation_failed")["errors"][0]["field"], "symbol");
}
