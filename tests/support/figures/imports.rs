//! What leads to what.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use crate::source::Workspace;

/// The files from which imports lead back to themselves.
pub fn circles(workspace: &Workspace) -> Vec<String> {
    let uses: BTreeMap<&Path, BTreeSet<&Path>> = workspace
        .sources
        .iter()
        .map(|source| (source.path.as_path(), workspace.uses(source)))
        .collect();
    let files = uses.keys().filter(|file| reaches(&uses, file, file));
    files.map(|file| file.display().to_string()).collect()
}

/// Whether following what `from` uses leads to `to`.
fn reaches(uses: &BTreeMap<&Path, BTreeSet<&Path>>, from: &Path, to: &Path) -> bool {
    let (mut seen, mut next) = (BTreeSet::new(), vec![from]);
    while let Some(file) = next.pop() {
        for used in &uses[file] {
            if *used == to {
                return true;
            }
            if seen.insert(*used) {
                next.push(used);
            }
        }
    }
    false
}
