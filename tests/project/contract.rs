//! The contract: every response is checked against it, and it names every code.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::{Value, json};
use support::{
    Response,
    contract::{self, Contract},
    template,
};

/// A contract with one list.
fn sample() -> Contract {
    Contract::new(json!({
        "paths": {
            "/v1/stocks/{symbol}": { "get": { "responses": {
                "200": {
                    "headers": {
                        "ETag": { "required": true, "schema": { "pattern": "^\"[0-9]+\"$" } },
                        "Age": { "schema": { "type": "integer" } },
                    },
                    "content": content("application/json", "Stock"),
                    "x-content": { "text/csv": { "schema": { "type": "string" } } },
                },
                "304": { "headers": { "ETag": {} } },
                "404": { "content": problem("stock_not_found") },
                "4XX": { "content": content("application/problem+json", "Problem") },
            } } },
            "/v1/stocks/all": { "get": { "responses": { "204": {} } } },
        },
        "webhooks": {
            "stock.added": {
                "post": { "x-function": "receive-stock", "responses": { "202": {} } },
            },
        },
        "x-default-route": {
            "responses": { "404": { "content": content("application/problem+json", "Problem") } },
        },
        "components": { "schemas": {
            "Stock": {
                "required": ["symbol"],
                "properties": {
                    "symbol": { "type": "string" },
                    "since": { "format": "date" },
                },
                "additionalProperties": false,
            },
            "Problem": { "required": ["code"] },
        } },
    }))
}

fn content(media_type: &str, schema: &str) -> Value {
    let schema = json!({ "$ref": format!("#/components/schemas/{schema}") });
    json!({ media_type: { "schema": schema } })
}

fn problem(code: &str) -> Value {
    let mut content = content("application/problem+json", "Problem");
    content["application/problem+json"]["x-codes"] = json!([code]);
    content
}

fn response(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
    let headers = headers
        .iter()
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .collect();
    Response { status, headers, body: body.as_bytes().to_vec() }
}

fn stock(headers: &[(&str, &str)], body: &str) -> Result<(), String> {
    sample().of_route("GET", "/v1/stocks/AAPL", &response(200, headers, body))
}

fn not_found(body: &str) -> Result<(), String> {
    let headers = [("content-type", "application/problem+json")];
    sample().of_route("GET", "/v1/stocks/NOPE", &response(404, &headers, body))
}

const JSON: (&str, &str) = ("content-type", "application/json");
const ETAG: (&str, &str) = ("etag", "\"4\"");

#[test]
fn the_contract_has_the_version_of_the_programs() {
    assert_eq!(
        contract::json(&template::yaml("infra/api/openapi.yaml"))["info"]["version"],
        env!("CARGO_PKG_VERSION")
    );
}

#[test]
fn a_response_as_described_passes() {
    assert_eq!(
        stock(
            &[JSON, ETAG, ("age", "3"), ("date", "now")],
            r#"{"symbol": "AAPL", "since": "2000-03-01"}"#
        ),
        Ok(())
    );
    let problem = response(
        404,
        &[("content-type", "application/problem+json")],
        r#"{"code": "stock_not_found", "status": 404}"#,
    );
    assert_eq!(sample().of_route("GET", "/v1/stocks/NOPE", &problem), Ok(()));
    assert_eq!(sample().of_route("GET", "/v1/stocks/AAPL", &response(304, &[ETAG], "")), Ok(()));
    assert_eq!(sample().of_hook("POST", "receive-stock", &response(202, &[], "")), Ok(()));
}

#[test]
fn a_media_type_that_clients_are_not_generated_for_passes() {
    assert_eq!(stock(&[("content-type", "text/csv"), ETAG], "symbol\nAAPL\n"), Ok(()));
}

#[test]
fn a_constant_path_comes_before_one_with_a_parameter() {
    assert_eq!(sample().of_route("GET", "/v1/stocks/all", &response(204, &[], "")), Ok(()));
}

#[test]
fn an_unknown_route_is_checked_as_the_default_route() {
    let problem = response(
        404,
        &[("content-type", "application/problem+json")],
        r#"{"code": "route_not_found"}"#,
    );
    for (method, path) in [("GET", "/v2"), ("PUT", "/v1/stocks/AAPL"), ("GET", "/v1/stocks/")] {
        assert_eq!(sample().of_route(method, path, &problem), Ok(()), "{method} {path}");
        assert!(
            sample().of_route(method, path, &response(200, &[], "")).is_err(),
            "{method} {path}"
        );
    }
}

#[test]
fn a_response_that_is_not_described_is_reported() {
    let good = r#"{"symbol": "AAPL"}"#;
    let broken = [
        (stock(&[JSON, ETAG], r#"{"symbol": 1}"#), "/symbol"),
        (stock(&[JSON, ETAG], "{}"), "\"symbol\" is a required property"),
        (stock(&[JSON, ETAG], r#"{"symbol": "AAPL", "name": "Apple Inc."}"#), "name"),
        (stock(&[JSON, ETAG], r#"{"symbol": "AAPL", "since": "soon"}"#), "date"),
        (stock(&[JSON, ETAG], "AAPL"), "not JSON"),
        (stock(&[ETAG, ("content-type", "text/html")], good), "\"text/html\""),
        (not_found(r#"{"code": "analysis_not_found", "status": 404}"#), "analysis_not_found"),
        (not_found(r#"{"code": "stock_not_found", "status": 400}"#), "400"),
        (stock(&[JSON], good), "ETag is missing"),
        (stock(&[JSON, ("etag", "4")], good), "ETag"),
        (stock(&[JSON, ETAG, ("age", "young")], good), "Age"),
        (stock(&[JSON, ETAG, ("x-secret", "1")], good), "the header x-secret"),
        (sample().of_route("GET", "/v1/stocks/AAPL", &response(500, &[], "")), "status 500"),
        (sample().of_route("GET", "/v1/stocks/AAPL", &response(304, &[], "{}")), "no body"),
        (sample().of_hook("POST", "receive-other", &response(202, &[], "")), "no webhook"),
    ];
    for (verdict, expected) in broken {
        let error = verdict.expect_err(expected);
        assert!(error.contains(expected), "{error:?} does not contain {expected:?}");
    }
}

#[test]
fn the_codes_of_the_source_are_those_of_the_contract() {
    let document = contract::json(&template::yaml("infra/api/openapi.yaml"));
    let listed = texts(&document["components"]["schemas"]["ProblemCode"]["enum"]);
    let mut made = BTreeSet::new();
    for folder in ["shared/src", "functions"] {
        codes(&template::root().join(folder), &mut made);
    }
    assert_eq!(made, listed);
}

#[test]
fn every_code_of_the_contract_belongs_to_an_operation() {
    let document = contract::json(&template::yaml("infra/api/openapi.yaml"));
    let mut used_codes = BTreeSet::new();
    collect(&document, &mut used_codes);
    assert_eq!(used_codes, texts(&document["components"]["schemas"]["ProblemCode"]["enum"]));
}

/// The texts in a list.
fn texts(list: &Value) -> BTreeSet<String> {
    list.as_array().into_iter().flatten().map(|text| text.as_str().unwrap().to_owned()).collect()
}

/// The `x-codes` of every response.
fn collect(node: &Value, found: &mut BTreeSet<String>) {
    found.extend(texts(&node["x-codes"]));
    let below: Vec<&Value> = node.as_array().map(|all| all.iter().collect()).unwrap_or_default();
    let fields = node.as_object().into_iter().flat_map(|all| all.values());
    below.into_iter().chain(fields).for_each(|child| collect(child, found));
}

/// The codes of the problems that the sources of a folder make: the text after a status, or after
/// `unauthorized(`.
fn codes(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            codes(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(&path).unwrap();
            let production = source.split("#[cfg(test)]").next().unwrap_or_default();
            let after_status = production
                .split("StatusCode::")
                .skip(1)
                .filter_map(|rest| rest.split_once(',')?.1.into());
            let after_call = production.split("unauthorized(").skip(1);
            let after_variable = production.split("Problem::new(status,").skip(1);
            let arguments = after_status.chain(after_call).chain(after_variable);
            let arguments = arguments.filter_map(|rest| rest.trim_start().strip_prefix('"'));
            found.extend(arguments.filter_map(|text| text.split('"').next()).map(str::to_owned));
        }
    }
}
