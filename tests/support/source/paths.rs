//! The paths in a file.

use std::collections::{BTreeMap, BTreeSet};

/// Every path in the code, with imports resolved: `crate::auth::Role`. A name that is only
/// re-exported is left out.
pub(super) fn named(code: &str) -> BTreeSet<String> {
    let outside = imports(code)
        .iter()
        .fold(code.to_owned(), |rest, (text, _)| rest.replace(text.as_str(), ""));
    let imported: Vec<String> =
        imports(code).into_iter().flat_map(|(_, tree)| leaves("", &tree)).collect();
    let words = outside.split(|letter: char| !is_path(letter));
    let inline = words.map(|word| word.trim_matches(':')).filter(|word| word.contains("::"));
    // After a closing bracket (`>::`) a path has no first segment.
    let mut paths: BTreeSet<String> = inline.map(|path| written_out(path, &imported)).collect();
    paths.extend(imported.into_iter().filter(|path| !passes_on(code, &outside, path)));
    paths
}

/// The path; if its first segment was imported, the full path of the import replaces it.
fn written_out(path: &str, imported: &[String]) -> String {
    let Some((first, rest)) = path.split_once("::") else { return path.to_owned() };
    match imported.iter().find(|import| import.rsplit("::").next() == Some(first)) {
        Some(import) => format!("{import}::{rest}"),
        None => path.to_owned(),
    }
}

fn is_path(letter: char) -> bool {
    is_word(letter) || letter == ':'
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// True if a path is re-exported and its name is not used in the file itself.
fn passes_on(code: &str, outside: &str, path: &str) -> bool {
    let name = path.rsplit("::").next().unwrap_or_default();
    exported(code).contains_key(name)
        && !outside.split(|letter| !is_word(letter)).any(|word| word == name)
}

/// The names that `pub use` re-exports, with their paths.
pub(super) fn exported(code: &str) -> BTreeMap<String, String> {
    let public = code
        .split("pub use ")
        .skip(1)
        .filter_map(|rest| rest.split_once(';'))
        .map(|(tree, _)| one_line(tree));
    let paths = public.flat_map(|tree| leaves("", &tree));
    paths.map(|path| (path.rsplit("::").next().unwrap_or_default().to_owned(), path)).collect()
}

/// A path starting with its package. `here` is the module that contains it, `known` are all modules
/// of the workspace.
pub(super) fn absolute(path: &str, here: &[String], known: &BTreeSet<Vec<String>>) -> String {
    let mut segments = path.split("::").peekable();
    let mut base: Vec<String> = match segments.peek() {
        Some(&"crate") => {
            segments.next();
            here[..1].iter().map(|package| package.trim_end_matches("::main").to_owned()).collect()
        }
        Some(&("self" | "super")) => {
            let mut base = here.to_vec();
            while let Some(step) = segments.next_if(|step| matches!(*step, "self" | "super")) {
                if step == "super" {
                    base.pop();
                }
            }
            base
        }
        Some(first) => {
            let child: Vec<String> = here.iter().cloned().chain([(*first).to_owned()]).collect();
            if known.contains(&child) { here.to_vec() } else { Vec::new() }
        }
        None => Vec::new(),
    };
    base.extend(segments.map(str::to_owned));
    base.join("::")
}

/// The text of each import, and its tree on one line.
fn imports(code: &str) -> Vec<(String, String)> {
    let starts = code.match_indices("use ").filter(|(at, _)| {
        let before = code[..*at].rsplit('\n').next().unwrap_or_default().trim();
        before.is_empty() || before.starts_with("pub")
    });
    let texts =
        starts.filter_map(|(at, _)| code[at..].split_once(';').map(|(text, _)| text.to_owned()));
    texts.map(|text| (text.clone(), one_line(text.trim_start_matches("use ")))).collect()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
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
