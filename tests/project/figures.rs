//! The figures of the code (`make figures`) stay within their limits.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use support::{
    figures::{Figures, MAX_FILES, MAX_FUNCTION, MAX_SHARED, MAX_WIDTH},
    source::Workspace,
};

#[test]
fn shared_is_small() {
    let lines = Figures::count().shared_lines;
    assert!(lines <= MAX_SHARED, "{lines} lines");
}

#[test]
fn every_line_fits_the_width() {
    assert_eq!(Figures::count().long_lines, Vec::<String>::new(), "over {MAX_WIDTH} characters");
}

#[test]
fn every_function_fits_a_screen() {
    assert_eq!(Figures::count().long_functions, Vec::<String>::new(), "over {MAX_FUNCTION} lines");
}

#[test]
fn closures_have_no_names() {
    let figures = Figures::count();
    assert!(
        figures.named_closures.len() <= figures.max_closures(),
        "{:#?}",
        figures.named_closures
    );
}

#[test]
fn a_public_name_of_shared_has_two_users() {
    assert_eq!(Figures::count().lonely, BTreeMap::new());
}

/// The reader follows a flow by its imports: whoever is listed leads there.
#[test]
fn a_flow_is_followed_by_imports() {
    let workspace = Workspace::read();
    for flow in Figures::count().flows {
        let sources = flow.files.iter().map(|file| workspace.at(file));
        let used: BTreeSet<&Path> = sources.flat_map(|source| workspace.uses(source)).collect();
        for file in flow.files.iter().filter(|file| !file.ends_with("/main.rs")) {
            assert!(used.contains(Path::new(file)), "{}: nothing leads to {file}", flow.name);
        }
    }
}

#[test]
fn a_flow_is_short() {
    let flows = Figures::count().flows;
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
