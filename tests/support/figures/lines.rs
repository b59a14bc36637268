//! The figures of lines and functions.

use std::{fs, process::Command};

use super::{Figures, MAX_FUNCTION, MAX_WIDTH};
use crate::template::root;

/// Code shown to users; it is not counted.
const SNIPPETS: &str = "/snippets/";

impl Figures {
    pub(super) fn read(&mut self, path: &str) {
        let text = fs::read_to_string(root().join(path)).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for (index, line) in lines.iter().enumerate() {
            let place = format!("{path}:{}", index + 1);
            if line.chars().count() > MAX_WIDTH {
                self.long_lines.push(place.clone());
            }
            if is_named_closure(line, lines.get(index + 1).copied().unwrap_or_default()) {
                self.named_closures.push(place.clone());
            }
            if is_function(line) {
                self.functions += 1;
                if length(&lines[index..]) > MAX_FUNCTION {
                    self.long_functions.push(place);
                }
            }
        }
    }
}

/// The Rust files of the repository.
pub(super) fn files() -> Vec<String> {
    let listed =
        Command::new("git").args(["ls-files", "*.rs"]).current_dir(root()).output().unwrap();
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    let files = String::from_utf8(listed.stdout).unwrap();
    let is_ours = |path: &&str| !path.contains(SNIPPETS) && root().join(path).exists();
    files.lines().filter(is_ours).map(str::to_owned).collect()
}

fn is_function(line: &str) -> bool {
    let mut words = line.trim_start().split(' ');
    let modifiers = ["pub", "pub(crate)", "pub(super)", "const", "async"];
    words.find(|word| !modifiers.contains(word)) == Some("fn")
}

/// The number of lines of a function, up to its closing brace, without inline snapshots.
fn length(lines: &[&str]) -> usize {
    let Some(first) = lines.first() else { return 0 };
    let indent = first.len() - first.trim_start().len();
    let mut in_snapshot = false;
    let mut length = 0;
    for line in lines {
        let text = line.trim_start();
        in_snapshot = line.ends_with("@r#\"") || in_snapshot && !text.starts_with("\"#");
        length += usize::from(!in_snapshot);
        if line.len() - text.len() == indent && (text == "}" || text.ends_with([';', '}'])) {
            break;
        }
    }
    length
}

/// True for `let name = |x| ...`, even when the closure begins on the next line.
fn is_named_closure(line: &str, next: &str) -> bool {
    let Some((name, value)) =
        line.trim_start().strip_prefix("let ").and_then(|it| it.split_once('='))
    else {
        return false;
    };
    let is_name = name.trim().split([' ', ':']).all(|word| !word.contains(['(', '{', '[']));
    let value = if value.trim().is_empty() { next.trim() } else { value.trim() };
    let value = value.trim_start_matches("async ").trim_start_matches("move ");
    is_name && value.starts_with('|') && !value.starts_with("| ")
}
