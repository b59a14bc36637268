//! Import cycles.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use crate::source::Workspace;

/// The files in an import cycle.
pub fn circles(workspace: &Workspace) -> Vec<String> {
    let uses: BTreeMap<&Path, BTreeSet<&Path>> = workspace
        .sources
        .iter()
        .map(|source| (source.path.as_path(), workspace.uses(source)))
        .collect();
    let files = uses.keys().filter(|file| reaches(&uses, file, file));
    files.map(|file| file.display().to_string()).collect()
}

/// True if the imports of `from` lead to `to`, directly or through other files.
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
