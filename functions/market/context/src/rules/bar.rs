//! The bar of one trading day.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::price::shares;
use crate::{Amount, Day, Price};

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
    #[serde(skip_serializing_if = "Option::is_none")]
    adj_volume: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    split_factor: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dividend: Option<Amount>,
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
    /// Shares traded, adjusted for splits since; `None` where no split factor is known.
    pub adj_volume: Option<u64>,
    /// Shares after a split for each share before it, 1 on a day without a split; `None` where the
    /// provider gives none.
    pub split_factor: Option<Amount>,
    /// Dividend per share as paid, on its ex-date, 0 on a day without one; `None` where the
    /// provider gives none.
    pub dividend: Option<Amount>,
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
    /// The split factor is 0.
    #[error("the bar of {0} has a split factor of 0")]
    SplitFactorIsZero(Day),
    /// There is an adjusted volume, but no split factor.
    #[error("the bar of {0} has an adjusted volume without a split factor")]
    NoSplitFactor(Day),
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

    /// Shares traded, adjusted for splits since; `None` where no split factor is known.
    pub fn adj_volume(&self) -> Option<u64> {
        self.adj_volume
    }

    /// Shares after a split for each share before it; `None` where the provider gives none.
    pub fn split_factor(&self) -> Option<Amount> {
        self.split_factor
    }

    /// Dividend per share as paid; `None` where the provider gives none.
    pub fn dividend(&self) -> Option<Amount> {
        self.dividend
    }

    /// The bar with the volume times `splits`, the product of all later split factors, as adjusted
    /// volume, unless it has one. `None`, or a bar without a split factor, leaves it unknown.
    pub(super) fn with_splits(mut self, splits: Option<Decimal>) -> Self {
        let known = self.volume.zip(splits).filter(|_| self.split_factor.is_some());
        let product = known.and_then(|(volume, splits)| Decimal::from(volume).checked_mul(splits));
        let shares = product.and_then(|product| shares(&product.to_string()));
        let shares = shares.filter(|shares| fits(*shares));
        self.adj_volume = self.adj_volume.or(shares);
        self
    }
}

impl RawBar {
    /// Two prices rounded to cents disagree by at most this much.
    const CENT: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

    /// A day on which all trades had this price, without volumes and corporate actions.
    #[must_use]
    pub fn flat(day: Day, price: Price) -> Self {
        Self {
            day,
            open: price,
            high: price,
            low: price,
            close: price,
            adj_close: price,
            volume: None,
            adj_volume: None,
            split_factor: None,
            dividend: None,
        }
    }

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
        let RawBar { day, adj_close, volume, adj_volume, split_factor, dividend, .. } = raw;
        let (open, high) = (traded(raw.open, day)?, traded(raw.high, day)?);
        let (low, close) = (traded(raw.low, day)?, traded(raw.close, day)?);
        if high < open.max(close).max(low) {
            return Err(BarError::HighTooLow(day));
        }
        if low > open.min(close) {
            return Err(BarError::LowTooHigh(day));
        }
        if [volume, adj_volume].into_iter().flatten().any(|volume| !fits(volume)) {
            return Err(BarError::VolumeTooLarge(day));
        }
        if split_factor.is_some_and(|factor| factor.to_decimal().is_zero()) {
            return Err(BarError::SplitFactorIsZero(day));
        }
        if adj_volume.is_some() && split_factor.is_none() {
            return Err(BarError::NoSplitFactor(day));
        }
        Ok(Self {
            day,
            open,
            high,
            low,
            close,
            adj_close,
            volume,
            adj_volume,
            split_factor,
            dividend,
        })
    }
}

/// True for a volume that fits its column, `bigint`.
fn fits(volume: u64) -> bool {
    i64::try_from(volume).is_ok()
}

fn traded(price: Price, day: Day) -> Result<Price, BarError> {
    price.round(Bar::TRADED_SCALE).map_err(|_| BarError::PriceDoesNotFit(day))
}
