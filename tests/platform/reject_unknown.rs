//! `$default`: requests without a route.

use support::{
    app::App,
    assert_problem,
    template::{pairs, yaml},
};
use yaml_rust2::Yaml;

async fn rejected(name: &str) -> support::Response {
    App::default().mount(reject_unknown::ROUTE, (), reject_unknown::handle, ()).event(name).await
}

#[tokio::test]
async fn an_unknown_path_is_a_404_problem() {
    assert_problem(&rejected("reject-unknown").await, 404, "route_not_found");
}

#[tokio::test]
async fn another_method_of_a_known_path_is_a_405_with_the_allowed_ones() {
    let reply = rejected("reject-unknown.wrong-method").await;
    assert_problem(&reply, 405, "method_not_allowed");
    assert_eq!(reply.header("allow"), "GET, HEAD");
    let reply = rejected("reject-unknown.wrong-method-of-analyses").await;
    assert_problem(&reply, 405, "method_not_allowed");
    assert_eq!(reply.header("allow"), "POST");
}

#[test]
fn the_known_routes_are_those_of_the_contract() {
    let document = yaml("infra/api/openapi.yaml");
    let mut contract: Vec<_> = pairs(&document["paths"])
        .map(|(path, all)| (path.to_owned(), methods(all).join(", ")))
        .collect();
    contract.sort();
    let known: Vec<_> = reject_unknown::ROUTES
        .iter()
        .map(|(path, methods)| ((*path).to_owned(), (*methods).to_owned()))
        .collect();
    assert_eq!(known, contract);
}

/// The methods of a path of the contract, and HEAD after GET.
fn methods(operations: &Yaml) -> Vec<String> {
    pairs(operations)
        .map(|(name, _)| name.to_uppercase().replace("GET", "GET, HEAD"))
        .filter(|name| ["GET, HEAD", "PUT", "POST", "PATCH", "DELETE"].contains(&name.as_str()))
        .collect()
}
