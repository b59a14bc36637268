//! The Rust sources of the workspace, and the names from other files that each file uses.
//!
//! It reads the style of this project, not all of Rust: items begin at the left margin, imports end
//! in a semicolon. Tests (`#[cfg(test)]`, modules called `tests`) and fakes are left out, because
//! they may import everything.

mod paths;
mod tree;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use crate::template::root;

/// The maximum length of a chain of re-exports.
const MAX_REEXPORTS: usize = 8;

/// A source file without its tests.
#[derive(Debug)]
pub struct Source {
    /// The path in the repository: `shared/src/auth/keys.rs`.
    pub path: PathBuf,
    /// `shared`, `get_metrics`; a binary's `main.rs` has `::main` after the name of its package.
    pub package: String,
    /// Its module in the package: `["auth", "keys"]`.
    pub module: Vec<String>,
    /// Lines without its tests.
    pub lines: usize,
    /// Its code without comments and attributes.
    pub code: String,
    /// Every path it names, starting with the package: `shared::auth::Role`, `serde::Deserialize`.
    pub named: BTreeSet<String>,
    /// Its re-exports: the name, and the path starting with the package.
    exported: BTreeMap<String, String>,
    /// The names of its top-level items, and whether they are public.
    pub items: BTreeMap<String, bool>,
}

/// All sources of the packages that are deployed.
#[derive(Debug)]
pub struct Workspace {
    pub sources: Vec<Source>,
}

impl Workspace {
    /// Reads `shared` and everything below `functions`.
    pub fn read() -> Self {
        let mut files = Vec::new();
        collect(&root().join("shared/src"), &mut files);
        for context in folders(&root().join("functions")) {
            for package in folders(&context) {
                collect(&package.join("src"), &mut files);
            }
        }
        files.sort();
        let known: BTreeSet<Vec<String>> = files.iter().map(|path| full_module(path)).collect();
        Self { sources: files.iter().map(|path| source(path, &known)).collect() }
    }

    /// The source at this path of the repository.
    ///
    /// # Panics
    /// When there is none.
    pub fn at(&self, path: &str) -> &Source {
        let found = self.sources.iter().find(|source| source.path == Path::new(path));
        found.unwrap_or_else(|| panic!("there is no source {path}"))
    }

    /// The file that defines what `path` names; `None` for other crates and the standard library.
    pub fn file_of(&self, path: &str) -> Option<&Source> {
        self.item_of(path).map(|(source, _)| source)
    }

    /// The file and the item that `path` names; no item when it names a module.
    pub fn item_of(&self, path: &str) -> Option<(&Source, Option<String>)> {
        self.resolve(path, 0)
    }

    fn resolve(&self, path: &str, depth: usize) -> Option<(&Source, Option<String>)> {
        let segments: Vec<&str> = path.split("::").collect();
        let (source, rest) = (1..=segments.len()).rev().find_map(|length| {
            let source = self.module(&segments[..length])?;
            let (last, parent) = segments[..length].split_last()?;
            // A module and an item that it re-exports may share a name: the item is meant.
            let is_item = length == segments.len()
                && self.module(parent).is_some_and(|parent| parent.exported.contains_key(*last));
            (!is_item).then_some((source, &segments[length..]))
        })?;
        let Some(item) = rest.first() else { return Some((source, None)) };
        match source.exported.get(*item) {
            Some(target) if depth < MAX_REEXPORTS => {
                let rest = rest[1..].iter().map(|segment| format!("::{segment}"));
                self.resolve(
                    &[target.clone()].into_iter().chain(rest).collect::<String>(),
                    depth + 1,
                )
            }
            _ => Some((source, Some((*item).to_owned()))),
        }
    }

    fn module(&self, segments: &[&str]) -> Option<&Source> {
        self.sources.iter().find(|source| source.is_module(segments))
    }

    /// The other files whose items a file names.
    pub fn uses(&self, source: &Source) -> BTreeSet<&Path> {
        let named = source.named.iter().filter_map(|path| self.file_of(path));
        named.map(|other| other.path.as_path()).filter(|path| *path != source.path).collect()
    }
}

impl Source {
    fn is_module(&self, segments: &[&str]) -> bool {
        let Some((package, module)) = segments.split_first() else { return false };
        self.package == *package
            && self.module.iter().map(String::as_str).eq(module.iter().copied())
    }
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_dir()).collect()
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.file_stem().and_then(|name| name.to_str()) {
            Some("tests" | "fakes") => {}
            _ if path.is_dir() => collect(&path, found),
            _ => found.push(path),
        }
    }
}

/// Package and module of a file, as one path.
fn full_module(path: &Path) -> Vec<String> {
    let (package, module) = place(path);
    [package].into_iter().chain(module).collect()
}

fn place(path: &Path) -> (String, Vec<String>) {
    let below = path.strip_prefix(root()).unwrap().with_extension("");
    let parts: Vec<String> = below.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
    let at = parts.iter().position(|part| part == "src").unwrap();
    let package = match parts[at - 1].as_str() {
        "context" => parts[at - 2].clone(),
        name => name.replace('-', "_"),
    };
    let module: Vec<String> =
        parts[at + 1..].iter().filter(|part| *part != "lib").cloned().collect();
    if module == ["main"] { (format!("{package}::main"), Vec::new()) } else { (package, module) }
}

fn source(path: &Path, known: &BTreeSet<Vec<String>>) -> Source {
    let text = fs::read_to_string(path).unwrap();
    let code = code_of(&text);
    let (package, module) = place(path);
    let here: Vec<String> = [package.clone()].into_iter().chain(module.clone()).collect();
    Source {
        named: paths::named(&code).iter().map(|path| paths::absolute(path, &here, known)).collect(),
        exported: paths::exported(&code)
            .into_iter()
            .map(|(name, path)| (name, paths::absolute(&path, &here, known)))
            .collect(),
        items: tree::items(&code),
        lines: production(&text).lines().count(),
        path: path.strip_prefix(root()).unwrap().to_owned(),
        package,
        module,
        code,
    }
}

/// The code, without tests, comments and attributes.
fn code_of(text: &str) -> String {
    production(text)
        .lines()
        .filter(|line| is_code(line.trim_start()))
        .collect::<Vec<_>>()
        .join("\n")
        .replace("$crate", "crate")
}

fn is_code(line: &str) -> bool {
    !["//", "#[", "#!["].iter().any(|other| line.starts_with(other))
}

/// The text before the tests, which come last in a file.
fn production(text: &str) -> &str {
    text.split("\n#[cfg(test)]\nmod tests").next().unwrap_or_default()
}
