//! The length of a page.

use std::str::FromStr;

/// The maximum number of items of a page, from 1 to `MAX`. A larger number becomes `MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit<const DEFAULT: u16 = 50, const MAX: u16 = 200>(u16);

impl<const DEFAULT: u16, const MAX: u16> Limit<DEFAULT, MAX> {
    /// The number of items to send.
    pub fn get(self) -> usize {
        self.0.into()
    }
}

impl<const DEFAULT: u16, const MAX: u16> Default for Limit<DEFAULT, MAX> {
    fn default() -> Self {
        Self(DEFAULT)
    }
}

/// The text is not an integer of at least 1.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be an integer from 1 to {0}")]
pub struct InvalidLimit(u16);

impl<const DEFAULT: u16, const MAX: u16> FromStr for Limit<DEFAULT, MAX> {
    type Err = InvalidLimit;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        // A number that is too large for `u16` becomes `MAX` too.
        match text.trim_start_matches('0') {
            digits if is_number && !digits.is_empty() => {
                Ok(Self(digits.parse().map_or(MAX, |limit: u16| limit.min(MAX))))
            }
            _ => Err(InvalidLimit(MAX)),
        }
    }
}
