//! What belongs together is there together: folder, template, contract, event, test and a line of
//! the README.

use std::{collections::BTreeSet, process::Command};

use support::template::{self, Function, names, pairs, text, yaml};
use yaml_rust2::Yaml;

const TOP_LEVEL: [&str; 15] = [
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "Makefile",
    "README.md",
    "SECURITY.md",
    "deny.toml",
    "events",
    "functions",
    "infra",
    "rust-toolchain.toml",
    "samconfig.toml",
    "shared",
    "template.yaml",
    "tests",
];
const METHODS: [&str; 5] = ["get", "put", "post", "patch", "delete"];
/// Wiring and nothing else.
const MAX_MAIN_LINES: usize = 10;
const MAX_MEDIAN_HANDLER_LINES: usize = 25;

/// Method, path and function; the `$default` route has neither method nor path.
type Route = (String, String, String);

fn folders() -> BTreeSet<String> {
    template::places().into_keys().collect()
}

/// `market/get-metrics`
fn place(folder: &str) -> String {
    format!("{}/{folder}", template::places()[folder])
}

#[test]
fn every_folder_is_a_function_of_the_template() {
    let functions: BTreeSet<String> = template::functions().iter().map(Function::folder).collect();
    assert_eq!(folders(), functions);
}

#[test]
fn every_function_runs_the_bootstrap_of_its_folder() {
    for function in template::functions() {
        let code = function.properties["CodeUri"].as_str();
        assert_eq!(
            code,
            Some(format!("target/lambda/{}/", function.folder()).as_str()),
            "{}",
            function.id
        );
    }
}

#[test]
fn every_function_has_an_event_and_every_event_a_function() {
    let files = names("events");
    for folder in folders() {
        assert!(files.contains(&format!("{folder}.json")), "events/{folder}.json is missing");
    }
    for file in files {
        let function = file.split('.').next().unwrap_or_default();
        assert!(folders().contains(function), "events/{file} is of no function");
    }
}

#[test]
fn every_function_has_tests() {
    for folder in folders() {
        let path = format!("tests/{}.rs", place(&folder).replace('-', "_"));
        assert!(text(&path).contains("test]\n"), "{path} has no test");
    }
}

#[test]
fn every_function_has_its_line_in_the_readme() {
    let readme = text("README.md");
    let table = readme
        .split("\n## Functions\n")
        .nth(1)
        .and_then(|rest| rest.split("\n## ").next())
        .unwrap();
    let rows: BTreeSet<String> =
        table.lines().filter_map(first_cell).filter(|name| name != "function").collect();
    assert_eq!(folders(), rows);
}

fn first_cell(line: &str) -> Option<String> {
    Some(line.strip_prefix("| ")?.split(" | ").next()?.to_owned())
}

#[test]
fn the_routes_of_the_template_are_those_of_the_contract() {
    let mut deployed = BTreeSet::new();
    for function in template::functions() {
        for route in function.routes() {
            let (method, path) = route.unwrap_or_default();
            deployed.insert((method, path, function.folder()));
        }
    }
    assert_eq!(deployed, contract());
}

/// The routes of `infra/api/openapi.yaml`. Each GET is also a HEAD.
fn contract() -> BTreeSet<Route> {
    let document = yaml("infra/api/openapi.yaml");
    let mut routes =
        BTreeSet::from([(String::new(), String::new(), function_of(&document["x-default-route"]))]);
    for (path, operations) in pairs(&document["paths"]) {
        for (method, operation) in pairs(operations).filter(|(name, _)| METHODS.contains(name)) {
            routes.insert((method.to_uppercase(), path.to_owned(), function_of(operation)));
            if method == "get" {
                routes.insert(("HEAD".to_owned(), path.to_owned(), function_of(operation)));
            }
        }
    }
    routes
}

fn function_of(operation: &Yaml) -> String {
    operation["x-function"].as_str().unwrap().to_owned()
}

#[test]
fn the_api_may_call_each_of_its_functions_by_one_permission() {
    let resources = &yaml("template.yaml")["Resources"];
    let permissions = pairs(resources)
        .filter(|(_, it)| it["Type"].as_str() == Some("AWS::Lambda::Permission"))
        .map(|(id, it)| (id, it["Properties"]["FunctionName"].as_str().unwrap().to_owned()));
    let permissions: BTreeSet<_> = permissions.map(|(id, of)| (id.to_owned(), of)).collect();
    let called = template::functions().into_iter().filter(|it| !it.routes().is_empty());
    assert_eq!(permissions, called.map(|it| (format!("{}Permission", it.id), it.id)).collect());
}

#[test]
fn the_top_level_holds_nothing_else() {
    let listed =
        Command::new("git").arg("ls-files").current_dir(template::root()).output().unwrap();
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    let files = String::from_utf8(listed.stdout).unwrap();
    let top: BTreeSet<&str> = files.lines().filter_map(|path| path.split('/').next()).collect();
    let others: Vec<_> =
        top.iter().filter(|name| !name.starts_with('.') && !TOP_LEVEL.contains(name)).collect();
    assert!(others.is_empty(), "{others:?} should be elsewhere");
}

#[test]
fn every_main_is_short() {
    for folder in folders() {
        let path = format!("functions/{}/src/main.rs", place(&folder));
        let lines = text(&path).lines().count();
        assert!(
            lines <= MAX_MAIN_LINES,
            "{path} has {lines} lines: it should wire, and nothing else"
        );
    }
}

#[test]
fn the_median_handler_is_short() {
    let mut lengths: Vec<(usize, String)> =
        folders().into_iter().map(|name| (handler_lines(&name), name)).collect();
    lengths.sort();
    let (median, _) = lengths[lengths.len() / 2];
    assert!(median <= MAX_MEDIAN_HANDLER_LINES, "{lengths:?}");
}

/// The lines of `handle`, from its signature to the brace that ends it.
fn handler_lines(folder: &str) -> usize {
    let source = text(&format!("functions/{}/src/lib.rs", place(folder)));
    let from_handle = source.lines().skip_while(|line| !line.contains("fn handle"));
    let lines = from_handle.take_while(|line| *line != "}").count() + 1;
    assert!(lines > 1, "{folder} has no handler");
    lines
}
