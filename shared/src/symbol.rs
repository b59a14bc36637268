//! Ticker symbols of stocks and indices.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A ticker symbol: 1 to 15 of `A-Z`, `0-9`, `.` and `-`, with at least one letter or digit.
///
/// Lower case is accepted and becomes upper case: `aapl` and `AAPL` are the same symbol. Dots and
/// dashes alone are rejected, as `..` would be the parent path in a URL.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Symbol(String);

/// Why a text is not a [`Symbol`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SymbolError {
    /// No character, or more than 15.
    #[error("a symbol has 1 to 15 characters, not {0}")]
    Length(usize),
    /// A character that no symbol has.
    #[error("a symbol has only A-Z, 0-9, '.' and '-', not {0:?}")]
    Character(char),
    /// Only dots and dashes.
    #[error("a symbol has at least one letter or digit")]
    NoLetterOrDigit,
}

impl Symbol {
    const MAX_LENGTH: usize = 15;

    /// The symbol in upper case, e.g. `BRK-B`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Symbol {
    type Error = SymbolError;

    fn try_from(mut text: String) -> Result<Self, SymbolError> {
        let length = text.chars().count();
        if length == 0 || length > Self::MAX_LENGTH {
            return Err(SymbolError::Length(length));
        }
        if let Some(other) =
            text.chars().find(|c| !c.is_ascii_alphanumeric() && !['.', '-'].contains(c))
        {
            return Err(SymbolError::Character(other));
        }
        if !text.contains(|c: char| c.is_ascii_alphanumeric()) {
            return Err(SymbolError::NoLetterOrDigit);
        }
        text.make_ascii_uppercase();
        Ok(Self(text))
    }
}

impl TryFrom<&str> for Symbol {
    type Error = SymbolError;

    fn try_from(text: &str) -> Result<Self, SymbolError> {
        Self::try_from(text.to_owned())
    }
}

impl FromStr for Symbol {
    type Err = SymbolError;

    fn from_str(text: &str) -> Result<Self, SymbolError> {
        Self::try_from(text)
    }
}

impl AsRef<str> for Symbol {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests;
