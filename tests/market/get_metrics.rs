//! `GET /v1/stocks/{symbol}/metrics`

use market::fakes::MemoryMarkets;
use support::{app::App, assert_problem, stack::Stack};

#[tokio::test]
async fn the_latest_metrics_are_one_flat_object() {
    let reply = App::with(MemoryMarkets::with_aapl()).get("/v1/stocks/AAPL/metrics").await;
    insta::assert_snapshot!(reply.pretty(), @r#"
    {
      "adj_close": 430.47,
      "adx_14": null,
      "as_of": "2013-03-01",
      "atr_14": null,
      "avg_volume_20d": null,
      "beta_252d": null,
      "bollinger_lower": null,
      "bollinger_upper": null,
      "close": 430.47,
      "ema_12": null,
      "ema_26": null,
      "exchange": "NASDAQ",
      "high_252d": null,
      "kind": "stock",
      "low_252d": null,
      "macd": null,
      "macd_histogram": null,
      "macd_signal": null,
      "max_drawdown_252d": null,
      "name": "Apple Inc.",
      "price_basis": "adjusted",
      "refreshed_at": "2026-03-02T09:30:00Z",
      "return_1d": null,
      "return_21d": null,
      "return_252d": null,
      "return_5d": null,
      "return_63d": null,
      "rsi_14": 33.337866910115885,
      "sharpe_252d": null,
      "sma_20": null,
      "sma_200": null,
      "sma_50": null,
      "stale": false,
      "stochastic_d": null,
      "stochastic_k": null,
      "symbol": "AAPL",
      "volatility_21d": null,
      "volatility_252d": null,
      "volume": 19730300
    }
    "#);
}

#[tokio::test]
async fn anyone_may_cache_the_metrics_for_a_minute() {
    let reply = App::with(MemoryMarkets::with_aapl()).event("get-metrics").await;
    let directives = "public, max-age=60, stale-while-revalidate=300, stale-if-error=86400";
    assert_eq!((reply.status, reply.header("cache-control")), (200, directives));
}

#[tokio::test]
async fn metrics_that_were_just_read_have_no_age() {
    let reply = App::with(MemoryMarkets::with_aapl()).event("get-metrics").await;
    assert_eq!((reply.json()["stale"].as_bool(), reply.header("age")), (Some(false), ""));
}

#[tokio::test]
async fn a_symbol_in_small_letters_is_the_same_stock() {
    let reply = App::with(MemoryMarkets::with_aapl()).event("get-metrics.small-letters").await;
    assert_eq!(reply.json()["symbol"], "AAPL");
}

#[tokio::test]
async fn unknown_symbol_is_a_404_problem() {
    let reply = App::with(MemoryMarkets::default()).event("get-metrics.unknown-symbol").await;
    assert_problem(&reply, 404, "stock_not_found");
}

#[tokio::test]
async fn a_stock_that_was_never_refreshed_is_not_ready() {
    let app = App::with(MemoryMarkets::with_aapl().unrefreshed("NEW"));
    let reply = app.get("/v1/stocks/NEW/metrics").await;
    assert_problem(&reply, 404, "metrics_not_ready");
    assert_eq!(reply.header("retry-after"), "60");
}

#[tokio::test]
async fn a_problem_is_one_object_with_the_request_id() {
    let app = App::with(MemoryMarkets::default());
    let reply = app.get_with("/v1/stocks/NOPE/metrics", &[("x-request-id", "abc-123")]).await;
    insta::assert_snapshot!(reply.pretty(), @r#"
    {
      "code": "stock_not_found",
      "detail": "There is no stock with this symbol.",
      "instance": "abc-123",
      "status": 404,
      "title": "Not Found",
      "type": "/docs/problems/stock_not_found"
    }
    "#);
}

#[tokio::test]
async fn an_unknown_parameter_is_a_400_problem_that_names_it() {
    let reply =
        App::with(MemoryMarkets::with_aapl()).get("/v1/stocks/AAPL/metrics?fresh=yes").await;
    assert_eq!(assert_problem(&reply, 400, "unknown_parameter")["errors"][0]["field"], "fresh");
}

#[tokio::test]
async fn an_unavailable_store_is_a_503_with_retry_after() {
    let reply = App::with(MemoryMarkets::down()).event("get-metrics").await;
    let problem = assert_problem(&reply, 503, "upstream_unavailable");
    assert_eq!(reply.header("retry-after"), "5");
    assert!(
        !problem.to_string().contains("connection refused"),
        "causes stay in the log: {problem}"
    );
}

#[tokio::test]
async fn the_callers_request_id_comes_back() {
    let app = App::with(MemoryMarkets::default());
    let reply = app.get_with("/v1/stocks/AAPL/metrics", &[("x-request-id", "abc-123")]).await;
    assert_eq!(reply.header("x-request-id"), "abc-123");
    assert_eq!(assert_problem(&reply, 404, "stock_not_found")["instance"], "abc-123");
}

mod on_the_stack {
    use super::*;

    #[tokio::test]
    async fn aapl_has_the_metrics_of_the_reference() {
        let body = Stack::running().get_json("/v1/stocks/AAPL/metrics", None).await.json();
        let golden = support::golden("AAPL");
        let last = golden.last().unwrap();
        for (name, expected) in
            last.iter().filter(|(name, _)| !["day", "close", "adj_close"].contains(&name.as_str()))
        {
            let (expected, got): (f64, f64) =
                (expected.parse().unwrap(), body[name].as_f64().unwrap());
            assert!(
                (got - expected).abs() <= 1e-6 * expected.abs().max(1e-6),
                "{name}: {got} is not {expected}"
            );
        }
        assert_eq!(body["as_of"].as_str(), Some(last["day"].as_str()));
    }

    #[tokio::test]
    async fn a_stock_that_was_never_refreshed_is_not_ready() {
        let stack = Stack::running();
        let symbol = stack.add_stock("NEW").await;
        let alone = stack.get_json(&format!("/v1/stocks/{symbol}/metrics"), None).await;
        assert_problem(&alone, 404, "metrics_not_ready");
        let batch = stack.get_json(&format!("/v1/metrics?symbols=NOPE,{symbol}"), None).await;
        let items = batch.json()["items"].clone();
        let codes = [&items[0], &items[1]].map(|item| item["error"]["code"].clone());
        assert_eq!(codes, ["stock_not_found", "metrics_not_ready"]);
        let stock = stack.get_json(&format!("/v1/stocks/{symbol}"), None).await.json();
        assert_eq!(stock["status"], "pending", "{stock}");
        let path = format!("/v1/stocks?status=pending&symbol={symbol}&fields=status");
        let listed = stack.get_json(&path, None).await.json()["items"].clone();
        assert_eq!(listed, serde_json::json!([{ "symbol": symbol, "status": "pending" }]));
    }
}
