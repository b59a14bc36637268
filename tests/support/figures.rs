//! Figures of the code: `make figures` prints them, `tests/project/figures.rs` asserts them.

mod flows;
mod imports;
mod lines;
mod names;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

pub use self::{flows::Flow, imports::circles};
use crate::source::Workspace;

/// Lines of `shared` without tests.
pub const MAX_SHARED: usize = 5500;
/// Characters of a line.
pub const MAX_WIDTH: usize = 100;
/// Lines of a function.
pub const MAX_FUNCTION: usize = 40;
/// Closures with a name, per 100 functions.
pub const MAX_CLOSURES_PER_100: usize = 1;
/// Files of each flow of `architecture.md`.
pub const MAX_FILES: [(&str, usize); 4] =
    [("get-metrics", 18), ("list-metrics", 25), ("analysis", 32), ("refresh", 28)];

/// The counted figures.
#[derive(Debug, Default)]
pub struct Figures {
    pub shared_lines: usize,
    /// Public names of `shared` with fewer than two users, and these users.
    pub lonely: BTreeMap<String, BTreeSet<String>>,
    /// Files in an import cycle.
    pub circles: Vec<String>,
    pub functions: usize,
    /// `path:line` of each.
    pub long_functions: Vec<String>,
    /// `path:line` of each.
    pub long_lines: Vec<String>,
    /// `path:line` of each.
    pub named_closures: Vec<String>,
    pub flows: Vec<Flow>,
}

impl Figures {
    /// Reads every Rust file that git knows, and `architecture.md`.
    pub fn count() -> Self {
        let workspace = Workspace::read();
        let shared = workspace.sources.iter().filter(|source| source.package == "shared");
        let mut figures = Self {
            shared_lines: shared.map(|source| source.lines).sum(),
            lonely: names::lonely(&workspace),
            circles: circles(&workspace),
            flows: flows::read(),
            ..Self::default()
        };
        for path in lines::files() {
            figures.read(&path);
        }
        figures
    }

    /// The maximum number of named closures.
    pub fn max_closures(&self) -> usize {
        self.functions * MAX_CLOSURES_PER_100 / 100
    }
}

impl fmt::Display for Figures {
    /// One line for each figure, with its limit; then the offenders, except named closures.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows = vec![
            ("lines of shared".to_owned(), self.shared_lines, MAX_SHARED),
            ("public names of shared with under two users".to_owned(), self.lonely.len(), 0),
            ("files in an import cycle".to_owned(), self.circles.len(), 0),
            (format!("functions over {MAX_FUNCTION} lines"), self.long_functions.len(), 0),
            (format!("lines over {MAX_WIDTH} characters"), self.long_lines.len(), 0),
            ("closures with a name".to_owned(), self.named_closures.len(), self.max_closures()),
        ];
        for (name, most) in MAX_FILES {
            let files = self.flows.iter().find(|flow| flow.name == name);
            rows.push((format!("files of {name}"), files.map_or(0, |flow| flow.files.len()), most));
        }
        writeln!(f, "{:44}{:>8}{:>8}", "", "counted", "at most")?;
        for (name, counted, most) in rows {
            writeln!(f, "{name:44}{counted:>8}{most:>8}")?;
        }
        writeln!(f, "({} functions)", self.functions)?;
        let lonely = self.lonely.iter().map(|(name, users)| format!("{name}: {users:?}"));
        let places = [&self.circles, &self.long_functions, &self.long_lines];
        let others = lonely.chain(places.into_iter().flatten().cloned());
        for offender in others {
            writeln!(f, "{offender}")?;
        }
        Ok(())
    }
}
