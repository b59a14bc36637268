//! Asserts that the contract (`infra/api/openapi.yaml`) documents every response in the tests.

mod judge;

use std::sync::LazyLock;

use serde_json::Value;
use yaml_rust2::Yaml;

use crate::{Response, template};

pub use judge::Contract;

static CONTRACT: LazyLock<Contract> =
    LazyLock::new(|| Contract::new(json(&template::yaml("infra/api/openapi.yaml"))));

/// Asserts that the contract documents this response of a route.
///
/// # Panics
/// When it does not; the message names the difference.
pub fn assert_route(method: &str, path: &str, response: &Response) {
    // The gateway responds to preflights itself.
    if method != "OPTIONS" {
        assert_documented(
            &format!("{method} {path}"),
            CONTRACT.of_route(method, path, response),
            response,
        );
    }
}

/// Asserts that the contract documents this response of a function that n8n calls.
///
/// # Panics
/// When it does not; the message names the difference.
pub fn assert_hook(method: &str, function: &str, response: &Response) {
    assert_documented(function, CONTRACT.of_hook(method, function, response), response);
}

/// Asserts that the contract documents the response to this event.
pub(crate) fn assert_event(method: &str, host: &str, path: &str, response: &Response) {
    match host.contains(".lambda-url.").then(|| CONTRACT.hook_at(host)).flatten() {
        Some(function) => assert_hook(method, &function, response),
        None => assert_route(method, path, response),
    }
}

fn assert_documented(name: &str, verdict: Result<(), String>, response: &Response) {
    if let Err(broken) = verdict {
        let body = String::from_utf8_lossy(&response.body);
        panic!(
            "{name} breaks the contract: {broken}\n{} {:?}\n{body}",
            response.status, response.headers
        );
    }
}

/// YAML as JSON.
///
/// # Panics
/// For a key that is not text, or a number that JSON cannot represent.
pub fn json(yaml: &Yaml) -> Value {
    match yaml {
        Yaml::Array(items) => items.iter().map(json).collect(),
        Yaml::Hash(_) => {
            template::pairs(yaml).map(|(key, value)| (key.to_owned(), json(value))).collect()
        }
        Yaml::String(text) => Value::from(text.as_str()),
        Yaml::Boolean(flag) => Value::from(*flag),
        Yaml::Integer(number) => Value::from(*number),
        Yaml::Real(text) => {
            serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
        }
        Yaml::Null | Yaml::BadValue | Yaml::Alias(_) => Value::Null,
    }
}
