//! `$default`: what no route takes.

use support::{app::App, assert_problem};

async fn rejected(name: &str) -> support::Response {
    App::default().mount(reject_unknown::ROUTE, (), reject_unknown::handle, ()).event(name).await
}

#[tokio::test]
async fn an_unknown_path_is_a_404_problem() {
    assert_problem(&rejected("reject-unknown").await, 404, "route_not_found");
}

#[tokio::test]
async fn a_known_path_with_another_method_is_a_405_that_says_which_are_allowed() {
    let reply = rejected("reject-unknown.wrong-method").await;
    assert_problem(&reply, 405, "method_not_allowed");
    assert_eq!(reply.header("allow"), "GET");
    let reply = rejected("reject-unknown.wrong-method-of-analyses").await;
    assert_problem(&reply, 405, "method_not_allowed");
    assert_eq!(reply.header("allow"), "POST");
}

#[test]
fn the_known_routes_are_those_of_the_contract() {
    let document = support::template::yaml("infra/api/openapi.yaml");
    let methods = |operations| {
        let known = support::template::pairs(operations).map(|(name, _)| name.to_uppercase());
        known
            .filter(|name| ["GET", "PUT", "POST", "PATCH", "DELETE"].contains(&name.as_str()))
            .collect::<Vec<_>>()
    };
    let mut contract: Vec<_> = support::template::pairs(&document["paths"])
        .map(|(path, all)| (path.to_owned(), methods(all).join(", ")))
        .collect();
    contract.sort();
    let known: Vec<_> = reject_unknown::ROUTES
        .iter()
        .map(|(path, methods)| ((*path).to_owned(), (*methods).to_owned()))
        .collect();
    assert_eq!(known, contract);
}
