//! The gateway, as the template configures it.

use std::collections::BTreeSet;

use regex::Regex;
use support::template::{self, pairs};
use yaml_rust2::Yaml;

/// Scripts of a page read these without `ExposeHeaders` (the safelist of CORS), or browsers use
/// them themselves.
const NOT_EXPOSED: [&str; 4] =
    ["cache-control", "content-security-policy", "referrer-policy", "x-content-type-options"];

fn api() -> Yaml {
    template::yaml("template.yaml")["Resources"]["Api"]["Properties"].clone()
}

/// Adds the names of all response headers below this node of the contract.
fn add_headers(node: &Yaml, names: &mut BTreeSet<String>) {
    match node {
        Yaml::Hash(_) => pairs(node).for_each(|(key, value)| {
            if key == "responses" || key.len() == 3 {
                names.extend(pairs(&value["headers"]).map(|(name, _)| name.to_lowercase()));
            }
            add_headers(value, names);
        }),
        Yaml::Array(items) => items.iter().for_each(|item| add_headers(item, names)),
        _ => {}
    }
}

#[test]
fn scripts_of_other_origins_can_read_every_header_of_the_contract() {
    let contract = template::yaml("infra/api/openapi.yaml");
    let mut documented = BTreeSet::new();
    add_headers(&contract["paths"], &mut documented);
    add_headers(&contract["x-default-route"], &mut documented);
    for (_, response) in pairs(&contract["components"]["responses"]) {
        documented.extend(pairs(&response["headers"]).map(|(name, _)| name.to_lowercase()));
    }
    documented.retain(|name| !NOT_EXPOSED.contains(&name.as_str()));
    let api = api();
    let exposed = api["CorsConfiguration"]["ExposeHeaders"].as_vec().unwrap();
    let exposed: BTreeSet<String> =
        exposed.iter().map(|name| name.as_str().unwrap().to_owned()).collect();
    assert_eq!(documented.difference(&exposed).collect::<Vec<_>>(), Vec::<&String>::new());
}

/// API Gateway inserts the values without escaping them.
#[test]
fn no_value_can_break_a_line_of_the_access_log() {
    let safe = [
        "requestId",
        "requestTime",
        "identity.sourceIp",
        "routeKey",
        "status",
        "responseLength",
        "responseLatency",
        "integrationLatency",
        "integrationStatus",
        "error.responseType",
    ];
    let api = api();
    let format = api["AccessLogSettings"]["Format"].as_str().unwrap();
    let variable = Regex::new(r"\$context\.([A-Za-z.]+)").unwrap();
    for found in variable.captures_iter(format) {
        assert!(safe.contains(&&found[1]), "{}", &found[0]);
    }
    let line = variable.replace_all(format, "-");
    assert!(serde_json::from_str::<serde_json::Value>(&line).is_ok(), "{line}");
}
