//! `GET /v1/metrics/definitions`

use market::Metric;
use market::fakes::MemoryMarkets;
use support::{app::App, assert_problem};

fn app() -> App {
    App::with(MemoryMarkets::default())
}

#[tokio::test]
async fn every_metric_is_defined_in_the_order_of_a_response() {
    let reply = app().get("/v1/metrics/definitions").await;
    assert!(reply.header("cache-control").starts_with("public"), "{reply:?}");
    assert_eq!(reply.each("name"), Metric::ALL.map(Metric::name));
    assert!(reply.json()["next"].is_null());
}

#[tokio::test]
async fn a_definition_has_title_unit_formula_warm_up_and_source() {
    let body = app().get("/v1/metrics/definitions").await.json();
    let definition =
        body["items"].as_array().unwrap().iter().find(|item| item["name"] == "rsi_14").unwrap();
    assert_eq!(definition["title"], "Relative strength index of 14 days");
    assert_eq!(definition["unit"], "percent");
    assert_eq!(definition["warm_up"], 15);
    assert_eq!(definition["source"], "TA-Lib RSI");
}

#[tokio::test]
async fn an_unknown_parameter_is_a_400_problem() {
    let reply = app().get("/v1/metrics/definitions?limit=1").await;
    assert_problem(&reply, 400, "unknown_parameter");
}

#[tokio::test]
async fn the_definitions_can_be_csv() {
    let reply = App::with(MemoryMarkets::default()).get("/v1/metrics/definitions?format=csv").await;
    let csv = reply.text();
    let header = "name,title,unit,formula,warm_up,source\r\n";
    assert!(
        csv.starts_with(&format!("{header}return_1d,Return over 1 trading day,fraction,")),
        "{csv}"
    );
    assert_eq!(csv.lines().count(), 1 + Metric::COUNT);
}
