//! `q=apple`.

use std::str::FromStr;

use shared::list::Kind;

/// What a symbol or a name is searched for: 1 to 100 printable characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search(String);

/// The text is nothing to search for.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct InvalidSearch(String);

impl Search {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Search {
    type Err = InvalidSearch;

    fn from_str(text: &str) -> Result<Self, InvalidSearch> {
        Kind::Text.parse(text).map(Self).map_err(InvalidSearch)
    }
}
