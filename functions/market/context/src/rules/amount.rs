//! Amounts: exact decimal numbers of 0 or more.

use std::fmt;
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::de::{Deserializer, Error as _};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

use super::price::{LIMIT, SCALE, decimal, read_number, write_number};

/// A split factor, or a dividend per share in the currency of the stock: 0 or above, below 10^12,
/// with at most 14 digits after the point. Its JSON is that of a [`Price`](crate::Price).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(Decimal);

/// The text or number is not an [`Amount`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a split factor or a dividend is a decimal number, 0 or more and below 10^12")]
pub struct AmountError;

impl Amount {
    /// The split factor of a day without a split.
    pub const ONE: Self = Self(Decimal::ONE);

    /// The amount as a decimal without trailing zeros.
    pub fn to_decimal(self) -> Decimal {
        self.0
    }
}

impl TryFrom<Decimal> for Amount {
    type Error = AmountError;

    fn try_from(value: Decimal) -> Result<Self, AmountError> {
        let value = value.round_dp_with_strategy(SCALE, RoundingStrategy::MidpointAwayFromZero);
        let is_valid = value >= Decimal::ZERO && value < LIMIT;
        is_valid.then(|| Self(value.normalize())).ok_or(AmountError)
    }
}

impl FromStr for Amount {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Self, AmountError> {
        decimal(text).ok_or(AmountError)?.try_into()
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write_number(self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_number(deserializer)?.parse().map_err(D::Error::custom)
    }
}
