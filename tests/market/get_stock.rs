//! `GET /v1/stocks/{symbol}`

use market::fakes::MemoryMarkets;
use support::{app::App, assert_problem};

#[tokio::test]
async fn a_stock_comes_with_its_latest_metrics() {
    let reply = App::with(MemoryMarkets::with_aapl()).event("get-stock").await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert!(reply.header("cache-control").starts_with("public, max-age=60,"), "{reply:?}");
    let body = reply.json();
    assert_eq!(body["stale"], false);
    assert_eq!(
        (body["symbol"].as_str(), body["metrics"]["as_of"].as_str()),
        (Some("AAPL"), Some("2013-03-01"))
    );
    assert!(
        body.as_object().unwrap().contains_key("refresh_error"),
        "known to be absent is null: {body}"
    );
}

#[tokio::test]
async fn unknown_symbol_is_a_404_problem() {
    let reply = App::with(MemoryMarkets::with_aapl()).event("get-stock.unknown-symbol").await;
    assert_problem(&reply, 404, "stock_not_found");
}

#[tokio::test]
async fn a_text_that_can_be_no_symbol_is_a_400_problem() {
    let reply = App::with(MemoryMarkets::with_aapl()).event("get-stock.invalid-symbol").await;
    assert_eq!(assert_problem(&reply, 400, "validation_failed")["errors"][0]["field"], "symbol");
}
