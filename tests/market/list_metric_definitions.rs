//! `GET /v1/metrics/definitions`

use market::Metric;
use market::fakes::MemoryMarkets;
use support::{Response, app::App, assert_problem};

async fn list(query: &str) -> Response {
    App::with(MemoryMarkets::default()).get(&format!("/v1/metrics/definitions{query}")).await
}

#[tokio::test]
async fn every_metric_is_defined_in_the_order_of_an_answer() {
    let reply = list("").await;
    assert!(reply.header("cache-control").starts_with("public"), "{reply:?}");
    let body = reply.json();
    let names: Vec<_> = body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, Metric::ALL.map(Metric::name));
    assert!(body["next"].is_null());
}

#[tokio::test]
async fn a_definition_has_title_unit_formula_warm_up_and_source() {
    let body = list("").await.json();
    let definition =
        body["items"].as_array().unwrap().iter().find(|item| item["name"] == "rsi_14").unwrap();
    assert_eq!(definition["title"], "Relative strength index of 14 days");
    assert_eq!(definition["unit"], "percent");
    assert_eq!(definition["warm_up"], 15);
    assert_eq!(definition["source"], "TA-Lib RSI");
}

#[tokio::test]
async fn a_parameter_is_refused() {
    assert_problem(&list("?limit=1").await, 400, "unknown_parameter");
}
