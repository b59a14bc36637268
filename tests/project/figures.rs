//! The figures of the code (`make figures`) stay within their limits.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::LazyLock,
};

use support::{
    figures::{Figures, MAX_FILES, MAX_FUNCTION, MAX_SHARED, MAX_WIDTH},
    source::Workspace,
};

/// Counted once for all tests.
static FIGURES: LazyLock<Figures> = LazyLock::new(Figures::count);

#[test]
fn shared_is_small() {
    let lines = FIGURES.shared_lines;
    assert!(lines <= MAX_SHARED, "{lines} lines");
}

#[test]
fn every_line_fits_the_width() {
    assert_eq!(FIGURES.long_lines, Vec::<String>::new(), "over {MAX_WIDTH} characters");
}

#[test]
fn every_function_fits_a_screen() {
    assert_eq!(FIGURES.long_functions, Vec::<String>::new(), "over {MAX_FUNCTION} lines");
}

#[test]
fn closures_have_no_names() {
    let figures = &*FIGURES;
    assert!(
        figures.named_closures.len() <= figures.max_closures(),
        "{:#?}",
        figures.named_closures
    );
}

#[test]
fn a_public_name_of_shared_has_two_users() {
    assert_eq!(FIGURES.lonely, BTreeMap::new());
}

/// A reader follows a flow by its imports: a listed file imports each other one.
#[test]
fn a_flow_is_followed_by_imports() {
    let workspace = Workspace::read();
    for flow in &FIGURES.flows {
        let sources = flow.files.iter().map(|file| workspace.at(file));
        let used: BTreeSet<&Path> = sources.flat_map(|source| workspace.uses(source)).collect();
        for file in flow.files.iter().filter(|file| !file.ends_with("/main.rs")) {
            assert!(used.contains(Path::new(file)), "{}: nothing leads to {file}", flow.name);
        }
    }
}

#[test]
fn a_flow_is_short() {
    let flows = &FIGURES.flows;
    let names: Vec<&str> = flows.iter().map(|flow| flow.name.as_str()).collect();
    assert_eq!(names, MAX_FILES.map(|(name, _)| name));
    for (flow, (name, most)) in flows.iter().zip(MAX_FILES) {
        let files: BTreeSet<&String> = flow.files.iter().collect();
        assert_eq!(files.len(), flow.files.len(), "{name} lists a file twice");
        assert!(files.len() <= most, "{name} has {} files", files.len());
    }
}

#[test]
fn the_reader_of_sources_finds_what_is_there() {
    let workspace = Workspace::read();
    let handler = workspace.at("functions/market/get-metrics/src/lib.rs");
    let used = workspace.uses(handler);
    for file in ["shared/src/http/request.rs", "functions/market/context/src/ports.rs"] {
        assert!(used.contains(Path::new(file)), "{file}: {used:?}");
    }
}
