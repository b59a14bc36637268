//! A context can be deployed alone: its section of the template names nothing of another context
//! but queues and tables.

use std::collections::{BTreeMap, BTreeSet};

use support::template::{self, text};

/// Begins a section: `  # ---- market ---`.
const HEADING: &str = "  # ---- ";

#[test]
fn a_function_stands_in_the_section_of_its_context() {
    let sections = sections();
    for (context, functions) in functions() {
        let defined = ids(&sections[&context]);
        assert_eq!(defined, functions, "the section of {context}");
    }
}

#[test]
fn a_section_names_no_function_of_another_context() {
    let (sections, functions) = (sections(), functions());
    for (context, section) in sections.iter().filter(|(name, _)| functions.contains_key(*name)) {
        let code = section.lines().filter(|line| !line.trim_start().starts_with('#'));
        let words: BTreeSet<&str> =
            code.flat_map(|line| line.split(|letter: char| !letter.is_alphanumeric())).collect();
        let others = functions.iter().filter(|(other, _)| *other != context);
        for id in others.flat_map(|(_, ids)| ids) {
            // With its log group and what SAM makes of it: `GetStockRole`, `GetStockUrl`.
            let made = ["", "Logs", "Role", "Url"].map(|end| format!("{id}{end}"));
            let named: Vec<&String> =
                made.iter().filter(|name| words.contains(name.as_str())).collect();
            assert!(named.is_empty(), "{context} names {named:?}");
        }
    }
}

/// The functions of each context, as the template calls them.
fn functions() -> BTreeMap<String, BTreeSet<String>> {
    let places = template::places();
    let mut functions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for function in template::functions() {
        functions.entry(places[&function.folder()].clone()).or_default().insert(function.id);
    }
    functions
}

/// The sections of `template.yaml` by their headings.
fn sections() -> BTreeMap<String, String> {
    let template = text("template.yaml");
    let (resources, _) = template.split_once("\nOutputs:").unwrap();
    let sections = resources.split(HEADING).skip(1);
    sections
        .map(|section| {
            let (heading, body) = section.split_once('\n').unwrap();
            (heading.trim_end_matches('-').trim().to_owned(), body.to_owned())
        })
        .collect()
}

/// The resources that a section defines.
fn ids(section: &str) -> BTreeSet<String> {
    let keys = section.lines().filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':'));
    keys.filter(|key| key.starts_with(char::is_uppercase)).map(str::to_owned).collect()
}
