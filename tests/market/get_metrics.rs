//! `GET /v1/stocks/{symbol}/metrics`

use market::fakes::MemoryMarkets;
use support::{assert_problem, call, event, stack::Stack};

#[tokio::test]
async fn the_latest_metrics_are_one_flat_object_anyone_may_keep() {
    let markets = MemoryMarkets::with_aapl();
    let reply = call(&markets, get_metrics::handle, event("get-metrics")).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.header("content-type"), "application/json");
    let kept_by_all = "public, max-age=60, stale-while-revalidate=300, stale-if-error=86400";
    assert_eq!(reply.header("cache-control"), kept_by_all);
    let body = reply.json();
    assert_eq!((body["stale"].as_bool(), reply.header("age")), (Some(false), ""));
    assert_eq!((body["symbol"].as_str(), body["as_of"].as_str()), (Some("AAPL"), Some("2013-03-01")));
    assert_eq!(body["rsi_14"], 33.3378669101004);
    // Known to be absent is null, never left out.
    assert!(body.as_object().unwrap().contains_key("beta_252d") && body["beta_252d"].is_null());
    assert!(String::from_utf8(reply.body).unwrap().contains(r#""close":430.47,"#));
}

#[tokio::test]
async fn a_symbol_in_small_letters_is_the_same_stock() {
    let reply = call(&MemoryMarkets::with_aapl(), get_metrics::handle, event("get-metrics.small-letters")).await;
    assert_eq!(reply.json()["symbol"], "AAPL");
}

#[tokio::test]
async fn unknown_symbol_is_a_404_problem() {
    let reply = call(&MemoryMarkets::default(), get_metrics::handle, event("get-metrics.unknown-symbol")).await;
    assert_problem(&reply, 404, "stock_not_found");
}

#[tokio::test]
async fn a_parameter_nobody_knows_is_a_400_problem_that_names_it() {
    let mut json = support::event_json("get-metrics");
    json["rawQueryString"] = "fresh=yes".into();
    let reply = call(&MemoryMarkets::with_aapl(), get_metrics::handle, support::http_event(&json)).await;
    assert_eq!(assert_problem(&reply, 400, "unknown_parameter")["errors"][0]["field"], "fresh");
}

#[tokio::test]
async fn a_store_that_is_down_is_a_503_that_says_when_to_come_back() {
    let reply = call(&MemoryMarkets::down(), get_metrics::handle, event("get-metrics")).await;
    let problem = assert_problem(&reply, 503, "upstream_unavailable");
    assert_eq!(reply.header("retry-after"), "5");
    assert!(!problem.to_string().contains("connection refused"), "causes stay in the log: {problem}");
}

#[tokio::test]
async fn the_callers_request_id_comes_back() {
    let mut json = support::event_json("get-metrics");
    json["headers"]["x-request-id"] = "abc-123".into();
    let reply = call(&MemoryMarkets::default(), get_metrics::handle, support::http_event(&json)).await;
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
        for (name, expected) in last.iter().filter(|(name, _)| !["day", "close", "adj_close"].contains(&name.as_str()))
        {
            let (expected, got): (f64, f64) = (expected.parse().unwrap(), body[name].as_f64().unwrap());
            assert!((got - expected).abs() <= 1e-6 * expected.abs().max(1e-6), "{name}: {got} is not {expected}");
        }
        assert_eq!(body["as_of"].as_str(), Some(last["day"].as_str()));
    }
}
