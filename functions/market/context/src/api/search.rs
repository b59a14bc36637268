//! The parameter `q` of a search, as in `q=apple`.

use std::str::FromStr;

use shared::list::Kind;

/// The text of a search by symbol or name: 1 to 100 printable characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search(String);

/// The text is empty, too long or not printable.
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
