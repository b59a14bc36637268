//! Deprecated operations are marked in the contract and in the headers of their responses.

use get_metrics::{Deps, ROUTE, handle};
use jiff::civil::Date;
use market::fakes::MemoryMarkets;
use shared::http::{DEPRECATED, Deprecated};
use support::{
    app::App,
    event_json,
    template::{pairs, yaml},
};
use yaml_rust2::{Yaml, YamlLoader};

const SAMPLE: &str = "
paths:
  /v1/stocks/{symbol}/metrics:
    get: { deprecated: true, x-deprecation: 2027-01-01, x-sunset: 2027-07-01 }
  /v1/stocks:
    get: {}
";

/// The operations a contract marks as deprecated.
fn marked(contract: &Yaml) -> Vec<Deprecated> {
    let operations = pairs(&contract["paths"]).flat_map(|(path, methods)| {
        pairs(methods).map(move |(method, operation)| (path, method, operation))
    });
    operations
        .filter(|(_, _, operation)| operation["deprecated"].as_bool() == Some(true))
        .map(|(path, method, operation)| Deprecated {
            route: format!("{} {path}", method.to_uppercase()).leak(),
            since: day(operation, "x-deprecation"),
            sunset: day(operation, "x-sunset"),
        })
        .collect()
}

fn day(operation: &Yaml, name: &str) -> Date {
    let text = operation[name].as_str().unwrap_or_else(|| panic!("{operation:?} has no {name}"));
    text.parse().unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn the_deprecated_operations_are_those_of_the_contract() {
    assert_eq!(marked(&yaml("infra/api/openapi.yaml")), DEPRECATED);
}

async fn headers(symbol: &'static str) -> http::HeaderMap {
    let sample = marked(&YamlLoader::load_from_str(SAMPLE).unwrap()[0]);
    let deps = Deps { markets: MemoryMarkets::with_aapl() };
    let app = App::deprecating(sample).mount(ROUTE, deps, handle, ());
    app.respond("get-metrics", &event_json(symbol)).await.headers
}

#[tokio::test]
async fn a_deprecated_operation_has_its_dates_and_a_link_to_the_policy() {
    for outcome in ["get-metrics", "get-metrics.unknown-symbol"] {
        let headers = headers(outcome).await;
        assert_eq!(headers["deprecation"], "@1798761600", "the beginning of 2027");
        assert_eq!(headers["sunset"], "Thu, 01 Jul 2027 00:00:00 GMT");
        let policy =
            "<https://api.example.com/docs/versioning>; rel=\"deprecation\"; type=\"text/html\"";
        assert_eq!(headers["link"], policy);
    }
}

#[tokio::test]
async fn other_operations_have_no_such_headers() {
    let headers = headers("get-stock").await;
    assert!(
        !headers.contains_key("deprecation")
            && !headers.contains_key("sunset")
            && !headers.contains_key("link")
    );
}
