//! Many symbols at once.

use super::*;

#[tokio::test]
async fn a_batch_answers_each_symbol_in_the_order_asked_with_metrics_or_a_problem() {
    let reply =
        list_of(vec![snapshot("AAPL"), snapshot("IBM")], "list-metrics.symbols", None).await;
    assert_eq!(reply.status, 200);
    let body = reply.json();
    assert_eq!(symbols(&body), ["AAPL", "IBM", "NOPE"]);
    assert!(body["items"][1]["rsi_14"].is_number());
    let error = &body["items"][2]["error"];
    assert_eq!(
        (error["status"].as_u64(), error["code"].as_str()),
        (Some(404), Some("stock_not_found"))
    );
    assert_eq!(error["instance"], reply.header("x-request-id"));
    assert!(body["next"].is_null());
    assert_eq!(
        (&body["as_of"], &body["refreshed_at"]),
        (&json!("2013-03-01"), &json!("2026-03-02T09:30:00Z"))
    );
}

#[tokio::test]
async fn a_batch_with_an_unknown_symbol_is_a_304_for_whoever_has_it() {
    let mut event = event_json("list-metrics.symbols");
    let first = answer(vec![snapshot("AAPL")], &event).await;
    event["headers"]["x-request-id"] = "another".into();
    event["headers"]["if-none-match"] = first.header("etag").into();
    assert_eq!(answer(vec![snapshot("AAPL")], &event).await.status, 304);
}

#[tokio::test]
async fn a_symbol_asked_for_twice_is_answered_once() {
    let body = list("symbols=msft,AAPL,MSFT&fields=close").await.json();
    assert_eq!(symbols(&body), ["MSFT", "AAPL"]);
    assert!(has_fields(&body["items"][0], &["symbol", "close"]), "{body}");
}

#[tokio::test]
async fn a_batch_is_not_filtered_sorted_or_continued() {
    for other in ["rsi_14.lt=30", "sort=rsi_14", "limit=2"] {
        let problem =
            assert_problem(&list(&format!("symbols=AAPL&{other}")).await, 400, "validation_failed");
        assert_eq!(problem["errors"][0]["code"], "not_combinable", "{problem}");
    }
}

#[tokio::test]
async fn more_than_200_symbols_or_one_that_is_none_are_refused() {
    let many: Vec<_> = (0..201).map(|number| format!("S{number}")).collect();
    for symbols in [many.join(",").as_str(), "AAPL,,IBM", "A_B", ""] {
        let problem =
            assert_problem(&list(&format!("symbols={symbols}")).await, 400, "validation_failed");
        assert_eq!(problem["errors"][0]["field"], "symbols", "{symbols}");
    }
    let all = list(&format!("symbols={}", many[..200].join(","))).await;
    assert_eq!(all.json()["items"].as_array().unwrap().len(), 200);
}
