//! Who may know whom: functions -> contexts -> `shared`, never back, and no import cycle.

use std::{collections::BTreeSet, path::Path};

use support::{
    figures::circles,
    source::{Source, Workspace},
    template::{contexts, names, text},
};

/// The one function that may depend on other functions, whose handlers are its tools.
const MAY_DEPEND_ON_FUNCTIONS: &str = "platform/serve-mcp";
/// Types and arithmetic; nothing that does I/O.
const RULE_CRATES: [&str; 8] =
    ["core", "jiff", "rust_decimal", "serde", "serde_json", "std", "thiserror", "uuid"];
/// What of `shared` the rules of a context may name: ids and values.
const RULE_MODULES: [&str; 2] = ["shared::symbol", "shared::trace"];
/// Parts of `std` that do I/O.
const WITH_IO: [&str; 4] = ["std::env", "std::fs", "std::net", "std::process"];
/// Files of functions that decide, and do nothing else.
const DECISIONS: [&str; 4] = [
    "functions/analyses/dispatch-analysis/src/backoff.rs",
    "functions/analyses/dispatch-analysis/src/decide.rs",
    "functions/analyses/receive-callback/src/callback.rs",
    "functions/market/refresh-symbol/src/plan.rs",
];
/// Crates of a vendor or a protocol, and the one place that names each.
const VENDORS: [(&str, &str); 11] = [
    ("aws_sdk_sqs", "shared/src/queue/"),
    ("aws_smithy_runtime_api", "shared/src/queue/"),
    ("csv", "functions/market/refresh-symbol/src/providers/"),
    ("hyper_rustls", "shared/src/http_client"),
    ("hyper_util", "shared/src/http_client"),
    ("jsonwebtoken", "shared/src/auth"),
    ("postgrest", "shared/src/store"),
    ("quick_cache", "functions/market/context/src/store/cache.rs"),
    ("redis", "functions/market/context/src/store/cache/redis.rs"),
    ("rustls", "shared/src/http_client.rs"),
    ("webpki_roots", "shared/src/http_client.rs"),
];
/// Where a manifest lists what it depends on.
const SECTIONS: [&str; 3] = ["[dependencies]", "[dev-dependencies]", "[build-dependencies]"];

#[test]
fn functions_know_their_context_and_contexts_know_shared_only() {
    let packages: BTreeSet<String> =
        contexts().iter().flat_map(|context| names(&format!("functions/{context}"))).collect();
    for context in contexts() {
        for folder in names(&format!("functions/{context}")) {
            let place = format!("{context}/{folder}");
            let manifest = text(&format!("functions/{place}/Cargo.toml"));
            let mut known = section(&manifest, "[dependencies]");
            known.retain(|name| packages.contains(name) || contexts().contains(name));
            if folder != "context" {
                known.remove(&context);
            }
            assert!(
                known.is_empty() || place == MAY_DEPEND_ON_FUNCTIONS,
                "{place} depends on {known:?}"
            );
        }
    }
    let shared = section(&text("shared/Cargo.toml"), "[dependencies]");
    assert!(shared.is_disjoint(&packages) && shared.is_disjoint(&contexts()), "{shared:?}");
}

#[test]
fn rules_and_decisions_do_no_io() {
    let workspace = Workspace::read();
    let pure: Vec<&Source> = workspace.sources.iter().filter(|source| is_pure(source)).collect();
    assert!(DECISIONS.iter().all(|path| is_pure(workspace.at(path))));
    for source in pure {
        for path in source.named.iter().filter(|path| is_foreign(path, source)) {
            let is_ours = workspace.file_of(path).is_some_and(is_pure);
            assert!(is_ours || is_harmless(path), "{} names {path}", source.path.display());
        }
        let package = format!("{}::", source.package);
        for path in source.named.iter().filter(|path| path.starts_with(&package)) {
            let inside = workspace.file_of(path).is_some_and(is_pure);
            assert!(inside || path.contains("::Symbol"), "{} names {path}", source.path.display());
        }
    }
}

/// The rules of a context, and the decisions of a function.
fn is_pure(source: &Source) -> bool {
    source.module.first().is_some_and(|it| it == "rules")
        || DECISIONS.iter().any(|path| source.path == Path::new(path))
}

fn is_harmless(path: &str) -> bool {
    let crate_name = path.split("::").next().unwrap_or_default();
    let is_value = RULE_CRATES.contains(&crate_name)
        || RULE_MODULES.iter().any(|module| path.starts_with(module));
    is_value && !WITH_IO.iter().any(|module| path.starts_with(module))
}

/// Whether a path leads out of the package: not a type, a primitive or a local name.
fn is_foreign(path: &str, source: &Source) -> bool {
    let first = path.split("::").next().unwrap_or_default();
    let is_module = first
        .chars()
        .all(|letter| letter.is_lowercase() || letter == '_' || letter.is_ascii_digit());
    let is_primitive =
        ["char", "f64", "i16", "i32", "i64", "str", "u32", "u64", "u8"].contains(&first);
    let is_imported = source
        .named
        .iter()
        .any(|other| other.contains("::") && other.rsplit("::").next() == Some(first));
    let is_macro = source.code.contains(&format!("macro_rules! {first} "));
    is_module
        && !is_macro
        && !is_primitive
        && !is_imported
        && first != source.package
        && !source.items.contains_key(first)
}

#[test]
fn a_vendor_is_named_in_one_place() {
    for source in &Workspace::read().sources {
        for (vendor, place) in VENDORS {
            let named = source.named.iter().any(|path| path.split("::").next() == Some(vendor));
            assert!(
                !named || source.path.to_str().unwrap().starts_with(place),
                "{} names {vendor}",
                source.path.display()
            );
        }
    }
}

#[test]
fn no_file_is_in_an_import_cycle() {
    assert_eq!(circles(&Workspace::read()), Vec::<String>::new());
}

#[test]
fn every_dependency_of_the_workspace_is_used() {
    let mut manifests = vec!["shared/Cargo.toml".to_owned(), "tests/Cargo.toml".to_owned()];
    for context in contexts() {
        manifests.extend(
            names(&format!("functions/{context}"))
                .iter()
                .map(|it| format!("functions/{context}/{it}/Cargo.toml")),
        );
    }
    let mut used = BTreeSet::new();
    for manifest in manifests.iter().map(|path| text(path)) {
        used.extend(SECTIONS.iter().flat_map(|name| section(&manifest, name)));
    }
    let unused: Vec<_> = section(&text("Cargo.toml"), "[workspace.dependencies]")
        .difference(&used)
        .cloned()
        .collect();
    assert!(unused.is_empty(), "{unused:?}");
}

/// The names in a section of a manifest.
fn section(manifest: &str, header: &str) -> BTreeSet<String> {
    let lines = manifest
        .lines()
        .skip_while(|line| *line != header)
        .skip(1)
        .take_while(|line| !line.starts_with('['));
    let entries = lines.filter(|line| line.contains('=') && !line.starts_with('#'));
    entries.filter_map(|line| line.split(['.', ' ', '=']).next()).map(str::to_owned).collect()
}
