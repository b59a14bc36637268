//! Prices: positive, exact decimal numbers.

use std::fmt;
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};
use serde::de::{Deserializer, Error as _};
use serde::ser::{Error as _, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The longest text that is read as a number; a longer one is an error of its source.
const MAX_DIGITS: usize = 64;

/// The number written as `text`, in any notation: `100`, `100.00`, `1e2`, `+1.5E+07`. `None` for
/// any other text, such as grouped digits, and for a number of more than 96 bits.
pub(super) fn decimal(text: &str) -> Option<Decimal> {
    let text = text.strip_prefix('+').unwrap_or(text);
    if text.len() > MAX_DIGITS || text.starts_with('+') {
        return None;
    }
    match text.bytes().find(|byte| !byte.is_ascii_digit() && !b".-".contains(byte)) {
        None => Decimal::from_str(text).ok(),
        Some(b'e' | b'E') => Decimal::from_scientific_lossy(text).ok(),
        Some(_) => None,
    }
}

/// The number of shares written as `text`, in any notation. An adjusted volume can have a fraction,
/// which is rounded. `None` for a negative number and for any other text.
pub fn shares(text: &str) -> Option<u64> {
    decimal(text)?.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero).to_u64()
}

/// A price in the currency of the stock: above 0, below 10^12, at most 14 digits after the point.
///
/// In JSON it is a number with exactly these digits, without trailing zeros: `430.470000` is
/// written `430.47`. It is read from the text of a number or a string and never becomes a float.
/// Only `serde_json` itself can read it: a price cannot be inside `#[serde(flatten)]` or an
/// untagged enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Price(Decimal);

/// Why a text or a number is not a [`Price`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PriceError {
    /// Not a decimal number, such as an empty text, a dash, `null`, `NaN` or `1,000`; or one that
    /// exceeds 96 bits before the point.
    #[error("a price is a decimal number of at most 28 digits")]
    NotANumber,
    /// Zero, negative, or zero after rounding to the digits that are stored.
    #[error("a price is above 0")]
    NotPositive,
    /// 10^12 or more.
    #[error("a price is below 10^12")]
    TooLarge,
}

/// 10^0 to 10^14, all exact. A mantissa is divided by one of them.
const POWERS_OF_TEN: [f64; 15] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14];

/// Digits after the point, as in the column of the adjusted close, `numeric(26,14)`.
pub(super) const SCALE: u32 = 14;
/// 10^12.
pub(super) const LIMIT: Decimal = Decimal::from_parts(0xD4A5_1000, 0xE8, 0, false, 0);

impl Price {
    /// The price as a decimal without trailing zeros.
    pub fn to_decimal(self) -> Decimal {
        self.0
    }

    /// The nearest float, or the one next to it.
    #[expect(clippy::cast_precision_loss, reason = "the caller wants a float")]
    pub fn to_f64(self) -> f64 {
        let power = POWERS_OF_TEN.get(self.0.scale() as usize);
        self.0.mantissa() as f64 / power.copied().unwrap_or(f64::NAN)
    }

    /// The price with at most `scale` digits after the point, rounded as Postgres rounds a
    /// `numeric`.
    ///
    /// # Errors
    /// [`PriceError::NotPositive`] when it rounds to 0, [`PriceError::TooLarge`] when it reaches
    /// the limit.
    pub(super) fn round(self, scale: u32) -> Result<Self, PriceError> {
        if self.0.scale() <= scale { Ok(self) } else { Self::rounded(self.0, scale) }
    }

    fn rounded(value: Decimal, scale: u32) -> Result<Self, PriceError> {
        let value =
            value.round_dp_with_strategy(scale, RoundingStrategy::MidpointAwayFromZero).normalize();
        if value <= Decimal::ZERO {
            Err(PriceError::NotPositive)
        } else if value >= LIMIT {
            Err(PriceError::TooLarge)
        } else {
            Ok(Self(value))
        }
    }
}

impl TryFrom<Decimal> for Price {
    type Error = PriceError;

    fn try_from(value: Decimal) -> Result<Self, PriceError> {
        Self::rounded(value, SCALE)
    }
}

impl TryFrom<&str> for Price {
    type Error = PriceError;

    fn try_from(text: &str) -> Result<Self, PriceError> {
        decimal(text).ok_or(PriceError::NotANumber)?.try_into()
    }
}

impl FromStr for Price {
    type Err = PriceError;

    fn from_str(text: &str) -> Result<Self, PriceError> {
        Self::try_from(text)
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Price {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write_number(self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for Price {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_number(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// Writes a JSON number with exactly the digits of `value`.
pub(super) fn write_number<S: Serializer>(value: Decimal, out: S) -> Result<S::Ok, S::Error> {
    RawValue::from_string(value.to_string()).map_err(S::Error::custom)?.serialize(out)
}

/// Reads the text of a JSON number or string.
pub(super) fn read_number<'de, D: Deserializer<'de>>(json: D) -> Result<String, D::Error> {
    let json = Box::<RawValue>::deserialize(json)?;
    let text = json.get();
    let inner = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    Ok(inner.unwrap_or(text).to_owned())
}
