//! `GET /v1/metrics?symbols=`: the metrics of many stocks at once.

use super::*;

#[tokio::test]
async fn a_batch_has_metrics_or_a_problem_for_each_symbol() {
    let reply = app().get("/v1/metrics?symbols=NOPE,AAPL&fields=close,rsi_14").await;
    insta::assert_snapshot!(reply.pretty(), @r#"
    {
      "as_of": "2013-03-01",
      "items": [
        {
          "error": {
            "code": "stock_not_found",
            "detail": "There is no stock with this symbol.",
            "status": 404,
            "title": "Not Found",
            "type": "/docs/problems/stock_not_found"
          },
          "symbol": "NOPE"
        },
        {
          "close": 430.47,
          "rsi_14": 33.3,
          "symbol": "AAPL"
        }
      ],
      "next": null,
      "refreshed_at": "2026-03-02T09:30:00Z",
      "stale": false
    }
    "#);
}

#[tokio::test]
async fn a_stock_without_metrics_is_not_an_unknown_one() {
    let app = App::with(MemoryMarkets::with_aapl().unrefreshed("NEW"));
    let items = app.get("/v1/metrics?symbols=NEW,AAPL,NOPE").await.json()["items"].clone();
    assert_eq!(items[0]["error"]["code"], "metrics_not_ready");
    assert_eq!(items[1]["symbol"], "AAPL");
    assert_eq!(items[2]["error"]["code"], "stock_not_found");
}

#[tokio::test]
async fn a_batch_is_in_the_requested_order() {
    let stocks = MemoryMarkets::with(&["AAPL", "IBM"]);
    let reply = App::with(stocks).event("list-metrics.symbols").await;
    assert_eq!((reply.status, reply.json()["items"][1]["rsi_14"].is_number()), (200, true));
    assert_eq!(reply.each("symbol"), ["AAPL", "IBM", "NOPE"]);
}

#[tokio::test]
async fn a_batch_with_an_unknown_symbol_can_be_a_304() {
    let path = "/v1/metrics?symbols=AAPL,IBM,NOPE";
    let app = App::with(MemoryMarkets::with_aapl());
    let first = app.get(path).await;
    let headers = [("if-none-match", first.header("etag"))];
    assert_eq!(app.get_with(path, &headers).await.status, 304);
}

/// A shared cache sends it to other callers.
#[tokio::test]
async fn the_body_of_a_batch_does_not_depend_on_the_request_id() {
    let (path, app) = ("/v1/metrics?symbols=AAPL,NOPE", app());
    let first = app.get_with(path, &[("x-request-id", "abc-123")]).await;
    let second = app.get_with(path, &[("x-request-id", "another")]).await;
    assert_eq!(first.header("cache-control").split(',').next(), Some("public"));
    assert_eq!(first.text(), second.text());
}

#[tokio::test]
async fn symbols_may_be_repeated_and_separated_by_commas() {
    for query in [
        "symbols=AAPL,IBM,MSFT",
        "symbols=AAPL,IBM&symbols=MSFT",
        "symbols=AAPL&symbols=&symbols=IBM,MSFT",
    ] {
        assert_eq!(symbols(query).await, ["AAPL", "IBM", "MSFT"], "{query}");
    }
}

#[tokio::test]
async fn a_repeated_symbol_is_one_item() {
    let reply = app().get("/v1/metrics?symbols=msft,AAPL,MSFT&fields=close").await;
    assert_eq!(reply.each("symbol"), ["MSFT", "AAPL"]);
    assert!(has_fields(&reply.json()["items"][0], &["symbol", "close"]), "{reply:?}");
}

#[tokio::test]
async fn a_batch_cannot_be_filtered_sorted_or_paged() {
    for other in ["rsi_14.lt=30", "sort=rsi_14", "limit=2"] {
        let reply = app().get(&format!("/v1/metrics?symbols=AAPL&{other}")).await;
        let problem = assert_problem(&reply, 400, "validation_failed");
        assert_eq!(problem["errors"][0]["code"], "not_combinable", "{problem}");
    }
}

#[tokio::test]
async fn a_batch_has_up_to_200_symbols() {
    let many: Vec<_> = (0..200).map(|number| format!("S{number}")).collect();
    let reply = app().get(&format!("/v1/metrics?symbols={}", many.join(","))).await;
    assert_eq!(reply.each("symbol").len(), 200);
}

#[tokio::test]
async fn too_many_or_invalid_symbols_are_a_400_problem() {
    let many: Vec<_> = (0..201).map(|number| format!("S{number}")).collect();
    for symbols in [many.join(",").as_str(), "AAPL,,IBM", "A_B", ","] {
        let reply = app().get(&format!("/v1/metrics?symbols={symbols}")).await;
        let problem = assert_problem(&reply, 400, "validation_failed");
        assert_eq!(problem["errors"][0]["field"], "symbols", "{symbols}");
    }
}
