//! Who may know whom: the domain knows nothing of the outside, its contexts little of each other, and only adapters know vendors.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use support::template::{names, root, text};

const CONTEXTS: [&str; 4] = ["analysis", "delivery", "identity", "market"];
/// Types and arithmetic; nothing that does I/O.
const DOMAIN_CRATES: [&str; 7] = ["jiff", "rust_decimal", "serde", "serde_json", "std", "thiserror", "uuid"];
const PRIMITIVES: [&str; 8] = ["char", "f64", "i16", "i32", "i64", "str", "u32", "u64"];
/// What else of `shared` the domain may name. A trace id travels in messages.
const DOMAIN_MODULES: [&str; 2] = ["domain", "trace"];
/// Who uses what of another context. Dispatching an analysis is a delivery: its retries follow the same rules.
const MEETINGS: [(&str, &str); 2] = [("analysis", "delivery::MAX_ATTEMPTS"), ("analysis", "delivery::backoff")];
/// Crates that only adapters name.
const VENDORS: [&str; 10] = [
    "aws_sdk_sqs",
    "aws_smithy_runtime_api",
    "csv",
    "hyper",
    "hyper_rustls",
    "hyper_util",
    "postgrest",
    "redis",
    "rustls",
    "webpki_roots",
];

/// Where a manifest lists what it depends on.
const SECTIONS: [&str; 3] = ["[dependencies]", "[dev-dependencies]", "[build-dependencies]"];

/// A source file without its tests.
#[derive(Debug)]
struct Source {
    /// Below `shared/src`.
    path: PathBuf,
    code: String,
    /// Every path it names, imports written out: `crate::domain::delivery::backoff`.
    named: BTreeSet<String>,
}

#[test]
fn the_domain_names_nothing_of_the_outside() {
    for source in sources("domain") {
        for path in &source.named {
            let mut segments = path.split("::");
            let first = segments.next().unwrap_or_default();
            let known = match first {
                "crate" => segments.next().is_some_and(|module| DOMAIN_MODULES.contains(&module)),
                "self" | "super" | "Self" => true,
                // A type, or a crate or module: those of this file are declared in it.
                _ => {
                    first.starts_with(char::is_uppercase)
                        || DOMAIN_CRATES.contains(&first)
                        || PRIMITIVES.contains(&first)
                        || is_local(&source.code, first)
                }
            };
            assert!(known, "{} names {path}", source.path.display());
        }
    }
}

#[test]
fn contexts_meet_only_where_it_is_listed() {
    let mut meetings = BTreeSet::new();
    for source in sources("domain") {
        let below = source.path.strip_prefix("domain").unwrap().with_extension("");
        let own = below.iter().next().unwrap().to_str().unwrap().to_owned();
        for path in &source.named {
            let above = path.trim_start_matches("super::");
            let inside = path.strip_prefix("crate::domain::").or((above != path).then_some(above));
            let context = inside.and_then(|inside| inside.split("::").next());
            if let (Some(inside), Some(context)) = (inside, context)
                && CONTEXTS.contains(&context)
                && context != own
                && own != "mod"
            {
                meetings.insert((own.clone(), inside.to_owned()));
            }
        }
    }
    let listed = MEETINGS.map(|(who, what)| (who.to_owned(), what.to_owned()));
    assert_eq!(meetings, BTreeSet::from(listed));
}

#[test]
fn only_adapters_name_vendors() {
    for source in sources("").into_iter().filter(|source| !source.path.starts_with("adapters")) {
        let is_vendor = |path: &&String| path.split("::").next().is_some_and(|first| VENDORS.contains(&first));
        let vendors: Vec<_> = source.named.iter().filter(is_vendor).collect();
        assert!(vendors.is_empty(), "{} names {vendors:?}", source.path.display());
    }
}

#[test]
fn functions_depend_on_no_vendor() {
    for folder in names("functions") {
        let manifest = text(&format!("functions/{folder}/Cargo.toml"));
        for crate_name in section(&manifest, "[dependencies]") {
            let vendor = VENDORS.contains(&crate_name.replace('-', "_").as_str()) || crate_name.starts_with("aws-");
            assert!(!vendor, "{folder} depends on {crate_name}");
        }
    }
}

#[test]
fn every_dependency_of_the_workspace_is_used() {
    let functions = names("functions").into_iter().map(|folder| format!("functions/{folder}/Cargo.toml"));
    let members = functions.chain(["shared/Cargo.toml".to_owned(), "tests/Cargo.toml".to_owned()]);
    let mut used = BTreeSet::new();
    for manifest in members.map(|path| text(&path)) {
        used.extend(SECTIONS.iter().flat_map(|name| section(&manifest, name)));
    }
    let unused: Vec<_> = section(&text("Cargo.toml"), "[workspace.dependencies]").difference(&used).cloned().collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn imports_and_paths_are_both_found() {
    let code = "pub use a::{self, b as c, d::{e,\n f}};\nlet g = crate::h::i(j::K::L);";
    let expected = ["a", "a::b", "a::d::e", "a::d::f", "crate::h::i", "j::K::L"];
    assert_eq!(named(code), BTreeSet::from(expected.map(str::to_owned)));
}

/// The names in a section of a manifest.
fn section(manifest: &str, header: &str) -> BTreeSet<String> {
    let lines = manifest.lines().skip_while(|line| *line != header).skip(1).take_while(|line| !line.starts_with('['));
    let entries = lines.filter(|line| line.contains('=') && !line.starts_with('#'));
    entries.filter_map(|line| line.split(['.', ' ', '=']).next()).map(str::to_owned).collect()
}

/// The sources below a folder of `shared/src`.
fn sources(folder: &str) -> Vec<Source> {
    let base = root().join("shared/src");
    let mut found = Vec::new();
    collect(&base.join(folder), &mut found);
    assert!(!found.is_empty());
    found.into_iter().map(|path| source(&base, &path)).collect()
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.file_stem().and_then(|name| name.to_str()) {
            Some("tests") => {}
            _ if path.is_dir() => collect(&path, found),
            _ => found.push(path),
        }
    }
}

fn source(base: &Path, path: &Path) -> Source {
    let text = fs::read_to_string(path).unwrap();
    let production = text.split("#[cfg(test)]").next().unwrap_or_default();
    let is_code = |line: &&str| !["//", "#["].iter().any(|other| line.trim_start().starts_with(other));
    let code = production.lines().filter(is_code).collect::<Vec<_>>().join("\n").replace("$crate", "crate");
    let named = named(&code);
    Source { path: path.strip_prefix(base).unwrap().to_owned(), code, named }
}

fn is_local(code: &str, name: &str) -> bool {
    let word = format!("{name};");
    let declared = code.contains(&format!("mod {word}")) || code.contains(&format!("macro_rules! {name} {{"));
    // An imported module, such as `metrics` after `use super::metrics`.
    declared || expanded(code).iter().any(|path| path.rsplit("::").next() == Some(name) && path.contains("::"))
}

/// Every path of the code.
fn named(code: &str) -> BTreeSet<String> {
    let is_path = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':';
    let mut paths = expanded(code);
    let outside_imports = statements(code).fold(code.to_owned(), |rest, import| rest.replace(import, ""));
    let words = outside_imports.split(|letter: char| !is_path(letter));
    let inline = words.map(|word| word.trim_matches(':')).filter(|word| word.contains("::"));
    // After a closing bracket (`>::`) a path has no first segment.
    paths.extend(inline.map(str::to_owned));
    paths
}

/// The text between `use` and its semicolon.
fn statements(code: &str) -> impl Iterator<Item = &str> {
    code.split("use ").skip(1).filter_map(|rest| rest.split_once(';')).map(|(import, _)| import)
}

/// The paths that are imported, one for each name.
fn expanded(code: &str) -> BTreeSet<String> {
    statements(code).flat_map(|import| leaves("", &import.split_whitespace().collect::<Vec<_>>().join(" "))).collect()
}

/// `a::{b, c::{d, e}}` as `a::b`, `a::c::d` and `a::c::e`.
fn leaves(prefix: &str, tree: &str) -> Vec<String> {
    let Some((head, inner)) = tree.split_once('{') else {
        let name = tree.split(" as ").next().unwrap_or_default().trim();
        return match name {
            "" => Vec::new(),
            "self" if !prefix.is_empty() => vec![prefix.trim_end_matches("::").to_owned()],
            name => vec![format!("{prefix}{name}")],
        };
    };
    let inner = inner.trim_end().strip_suffix('}').unwrap_or(inner);
    let (mut depth, mut start, mut found) = (0, 0, Vec::new());
    for (index, letter) in inner.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(&inner[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    found.push(&inner[start..]);
    let prefix = format!("{prefix}{}", head.trim());
    found.into_iter().flat_map(|branch| leaves(&prefix, branch.trim())).collect()
}
