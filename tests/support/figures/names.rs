//! The users of each public name of `shared`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use crate::{
    source::{Source, Workspace},
    template::root,
};

/// Parts of `shared` that count as users: the edges and `auth`.
const USERS_IN_SHARED: [&str; 4] = ["auth", "http", "queue", "schedule"];

/// Names with one user so far, each with its planned second user or replacement.
const WAITING: [(&str, &str); 10] = [
    ("config::is_loopback", "the address of DynamoDB"),
    ("http::Accepted", "test-workflow"),
    ("http::NoBookkeeping", "rate leases and idempotency take its place"),
    ("http::Queued", "redrive-dead-letters"),
    ("list::InvalidLimit", "list-analyses"),
    ("list::Kind", "list-analyses"),
    ("list::Limit", "list-analyses"),
    ("store::filtered", "list-analyses"),
    ("store::page_query", "list-analyses"),
    ("store::quoted", "list-analyses"),
];

/// The public names of `shared` with fewer than two users, and these users. A user is a context
/// with all its functions, a function of `platform`, an edge, or `auth`.
///
/// A user of a name also uses the names in the public signatures of the name's file. Tests
/// count as a user only of names whose other users are all edges or `auth`.
pub(super) fn lonely(workspace: &Workspace) -> BTreeMap<String, BTreeSet<String>> {
    let mut users = users(workspace);
    carry(workspace, &mut users);
    let tests = texts(&root().join("tests"));
    let tested = words(&tests);
    for (name, users) in &mut users {
        if users.iter().all(|user| user.starts_with("shared::")) && tested.contains(item(name)) {
            users.insert("tests".to_owned());
        }
    }
    users.retain(|_, users| users.len() < 2);
    for (name, _) in WAITING {
        if users.remove(name).is_none() {
            users.insert(format!("{name} has to leave WAITING"), BTreeSet::new());
        }
    }
    users
}

/// Adds the users of each file to the names in its public signatures.
fn carry(workspace: &Workspace, users: &mut BTreeMap<String, BTreeSet<String>>) {
    for source in workspace.sources.iter().filter(|source| source.package == "shared") {
        let own: BTreeSet<String> =
            source.items.keys().map(|item| full_name(source, item)).collect();
        let all: BTreeSet<String> =
            own.iter().filter_map(|name| users.get(name)).flatten().cloned().collect();
        let signatures = signatures(&source.code);
        let signed = words(&signatures);
        let named = users.iter_mut().filter(|(name, _)| signed.contains(item(name)));
        named.for_each(|(_, users)| users.extend(all.iter().cloned()));
    }
}

fn users(workspace: &Workspace) -> BTreeMap<String, BTreeSet<String>> {
    let mut users: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in workspace.sources.iter().filter(|source| source.package == "shared") {
        let public = source.items.iter().filter(|(_, is_public)| **is_public);
        users.extend(public.map(|(name, _)| (full_name(source, name), BTreeSet::new())));
    }
    for source in &workspace.sources {
        let Some(user) = user(source) else { continue };
        for (file, item) in source.named.iter().filter_map(|path| workspace.item_of(path)) {
            let known = item.and_then(|item| users.get_mut(&full_name(file, &item)));
            if let Some(known) = known.filter(|_| file.path != source.path) {
                known.insert(user.clone());
            }
        }
    }
    users
}

fn full_name(source: &Source, item: &str) -> String {
    let module = source.module.first().map(String::as_str).unwrap_or_default();
    format!("{module}::{item}")
}

fn item(name: &str) -> &str {
    name.rsplit("::").next().unwrap_or_default()
}

/// The user that a file belongs to.
fn user(source: &Source) -> Option<String> {
    let folders: Vec<&str> = source.path.iter().filter_map(|folder| folder.to_str()).collect();
    match folders.as_slice() {
        ["functions", "platform", function, ..] => Some((*function).to_owned()),
        ["functions", context, ..] => Some((*context).to_owned()),
        _ => {
            let module = source.module.first()?;
            USERS_IN_SHARED.contains(&module.as_str()).then(|| format!("shared::{module}"))
        }
    }
}

/// The public signatures of a file: functions, fields, and methods and types of traits.
fn signatures(code: &str) -> String {
    let starts = code.match_indices('\n').map(|(at, _)| code[at..].trim_start());
    starts.filter_map(signature).collect::<Vec<_>>().join(" ")
}

/// The signature that the code begins with.
fn signature(code: &str) -> Option<&str> {
    let begins = |words: &[&str]| words.iter().any(|word| code.starts_with(word));
    if begins(&["pub struct ", "pub enum ", "pub trait ", "pub use ", "pub mod "]) {
        return None;
    }
    let is_function = begins(&["fn ", "async fn ", "pub fn ", "pub const fn ", "pub async fn "]);
    let ends: &[char] = if is_function { &['{', ';'] } else { &[',', ';', '{', '\n'] };
    let (text, rest) = code.split_at(code.find(ends)?);
    // A function without a body belongs to a trait, so it is public without `pub`.
    let is_method = is_function && rest.starts_with(';');
    let is_public = begins(&["pub ", "type "]) || is_method;
    // Without the name of the item itself.
    is_public.then(|| &text[text.find(['(', '<', ':', '=']).unwrap_or(text.len())..])
}

fn texts(folder: &Path) -> String {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: std::path::PathBuf| match path.extension() {
        // `WAITING` would use each of its names.
        _ if path.ends_with("support/figures") => String::new(),
        _ if path.is_dir() => texts(&path),
        Some(extension) if extension == "rs" => fs::read_to_string(path).unwrap(),
        _ => String::new(),
    };
    entries.map(read).collect()
}

fn words(text: &str) -> BTreeSet<&str> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').collect()
}
