//! `GET /v1/metrics`

use support::{assert_problem, call, event_json, fakes::markets::MemoryMarkets, http_event};

use crate::list_stocks::cursors;

async fn list(query: &str) -> support::Response {
    let dependencies = (MemoryMarkets::with(&["AAPL", "IBM", "MSFT"]), cursors());
    let mut json = event_json("list-metrics");
    json["rawQueryString"] = query.into();
    call(
        &dependencies,
        |(metrics, cursors), request| list_metrics::handle(metrics, cursors, request),
        http_event(&json),
    )
    .await
}

#[tokio::test]
async fn pages_hold_the_metrics_of_each_stock_once() {
    let first = list("limit=2").await;
    assert_eq!(first.header("cache-control"), "public, max-age=60");
    let body = first.json();
    assert_eq!((body["items"][0]["symbol"].as_str(), body["items"][1]["symbol"].as_str()), (Some("AAPL"), Some("IBM")));
    let second = list(&format!("limit=2&cursor={}", body["next"].as_str().unwrap())).await.json();
    assert_eq!(second["items"].as_array().unwrap().len(), 1);
    assert_eq!(second["items"][0]["symbol"], "MSFT");
    assert!(second["next"].is_null());
}

#[tokio::test]
async fn a_limit_of_zero_is_refused() {
    assert_problem(&list("limit=0").await, 400, "validation_failed");
}

#[tokio::test]
async fn a_forged_cursor_is_refused() {
    assert_problem(&list("cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAAAIkFBUEwi").await, 400, "invalid_cursor");
}
