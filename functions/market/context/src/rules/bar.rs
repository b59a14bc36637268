//! The bar of one trading day.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{Day, Price};

/// A valid daily bar: open and close are between low and high, and every number fits its column.
///
/// Open, high, low and close are as traded, with at most 6 digits after the point; `adj_close` is
/// the close adjusted for later splits and dividends, with at most 14. More digits are rounded as
/// Postgres rounds them, so a fetched bar equals the same bar read from the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawBar")]
pub struct Bar {
    day: Day,
    open: Price,
    high: Price,
    low: Price,
    close: Price,
    adj_close: Price,
    volume: Option<u64>,
}

/// A bar from a provider or the database, not yet checked. A [`Bar`] is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct RawBar {
    /// Trading day.
    pub day: Day,
    /// First price, as traded.
    pub open: Price,
    /// Highest price, as traded.
    pub high: Price,
    /// Lowest price, as traded.
    pub low: Price,
    /// Last price, as traded.
    pub close: Price,
    /// Last price, adjusted for splits and dividends since.
    pub adj_close: Price,
    /// Shares traded; `None` where the provider gives none, as for many indices.
    pub volume: Option<u64>,
}

/// Why a bar is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BarError {
    /// The high is below the open, the low or the close.
    #[error("the bar of {0} has a high below its open, low or close")]
    HighTooLow(Day),
    /// The low is above the open or the close.
    #[error("the bar of {0} has a low above its open or close")]
    LowTooHigh(Day),
    /// Rounded to 6 digits after the point, a price is 0 or 10^12.
    #[error("the bar of {0} has a price that does not fit 6 digits after the point")]
    PriceDoesNotFit(Day),
    /// The volume is 2^63 or more and does not fit its column.
    #[error("the bar of {0} has a volume of 2^63 or more")]
    VolumeTooLarge(Day),
}

impl Bar {
    /// Digits after the point of a price as traded, `numeric(18,6)`.
    const TRADED_SCALE: u32 = 6;

    /// Trading day.
    pub fn day(&self) -> Day {
        self.day
    }

    /// First price, as traded.
    pub fn open(&self) -> Price {
        self.open
    }

    /// Highest price, as traded.
    pub fn high(&self) -> Price {
        self.high
    }

    /// Lowest price, as traded.
    pub fn low(&self) -> Price {
        self.low
    }

    /// Last price, as traded.
    pub fn close(&self) -> Price {
        self.close
    }

    /// Last price, adjusted for splits and dividends since.
    pub fn adj_close(&self) -> Price {
        self.adj_close
    }

    /// Shares traded; `None` where the provider gives none, as for many indices.
    pub fn volume(&self) -> Option<u64> {
        self.volume
    }
}

impl RawBar {
    /// Two prices rounded to cents disagree by at most this much.
    const CENT: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

    /// The bar with its high raised and its low lowered to open and close, where they disagree by a
    /// rounding: a cent, and at most a tenth of the price. Larger differences stay.
    #[must_use]
    pub fn clipped(self) -> Self {
        let (upper, lower) = (self.open.max(self.close), self.open.min(self.close));
        Self {
            high: if is_rounding(self.high, upper) { upper } else { self.high },
            low: if is_rounding(lower, self.low) { lower } else { self.low },
            ..self
        }
    }
}

/// True when `upper` exceeds `lower` by no more than a rounding.
fn is_rounding(lower: Price, upper: Price) -> bool {
    let (lower, upper) = (lower.to_decimal(), upper.to_decimal());
    let excess = upper - lower;
    excess > Decimal::ZERO && excess <= RawBar::CENT && excess * Decimal::TEN <= lower
}

impl TryFrom<RawBar> for Bar {
    type Error = BarError;

    fn try_from(raw: RawBar) -> Result<Self, BarError> {
        let RawBar { day, open, high, low, close, adj_close, volume } = raw;
        let (open, high) = (traded(open, day)?, traded(high, day)?);
        let (low, close) = (traded(low, day)?, traded(close, day)?);
        if high < open.max(close).max(low) {
            return Err(BarError::HighTooLow(day));
        }
        if low > open.min(close) {
            return Err(BarError::LowTooHigh(day));
        }
        if volume.is_some_and(|volume| i64::try_from(volume).is_err()) {
            return Err(BarError::VolumeTooLarge(day));
        }
        Ok(Self { day, open, high, low, close, adj_close, volume })
    }
}

fn traded(price: Price, day: Day) -> Result<Price, BarError> {
    price.round(Bar::TRADED_SCALE).map_err(|_| BarError::PriceDoesNotFit(day))
}
