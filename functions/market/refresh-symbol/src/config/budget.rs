//! The number of calls that a provider allows us.

use std::{num::NonZeroU32, str::FromStr};

use jiff::SignedDuration;
use shared::config::{self, ConfigError};

/// The calls of a provider that all sandboxes together may make; `None` for no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Budget {
    /// `TIINGO_RATE`, `MARKET_DATA_CSV_RATE`: e.g. `50/h`
    pub rate: Option<Rate>,
    /// `TIINGO_DAILY_CALLS`, `MARKET_DATA_CSV_DAILY_CALLS`: in a day of UTC
    pub daily_calls: Option<NonZeroU32>,
}

/// A number of calls in a second (`5/s`), a minute (`5/min`) or an hour (`50/h`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub calls: NonZeroU32,
    pub window: SignedDuration,
}

impl Budget {
    pub(super) fn from_env(
        rate: &'static str,
        daily_calls: &'static str,
    ) -> Result<Self, ConfigError> {
        Ok(Self { rate: config::parsed(rate)?, daily_calls: config::parsed(daily_calls)? })
    }
}

impl FromStr for Rate {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = text.split_once('/').and_then(|(calls, unit)| {
            let window = match unit {
                "s" => SignedDuration::from_secs(1),
                "min" => SignedDuration::from_mins(1),
                "h" => SignedDuration::from_hours(1),
                _ => return None,
            };
            Some(Self { calls: calls.parse().ok()?, window })
        });
        parsed.ok_or("it is not a rate such as 5/s, 5/min or 50/h")
    }
}
