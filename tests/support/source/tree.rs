//! The items of a file.

use std::collections::BTreeMap;

const KEYWORDS: [&str; 7] = ["struct", "enum", "trait", "fn", "const", "static", "type"];

/// The names of the top-level items except modules, and whether they are `pub` for everyone.
pub(super) fn items(code: &str) -> BTreeMap<String, bool> {
    let at_margin = code.lines().filter(|line| line.starts_with(char::is_alphabetic));
    at_margin.filter_map(item).collect()
}

fn item(line: &str) -> Option<(String, bool)> {
    let is_public = line.starts_with("pub ");
    let mut words = line.split([' ', '(', '<', ':', ';', '{', '=']).filter(|word| !word.is_empty());
    words.find(|word| KEYWORDS.contains(word))?;
    // `const fn name`
    let name = words.find(|word| !KEYWORDS.contains(word))?;
    Some((name.to_owned(), is_public))
}
