//! What a recompute that begins in the middle of a history needs to know of the days before.

use serde::{Deserialize, Deserializer, Serialize};

use crate::rules::metrics::returns::{MISSING, YEAR};
use crate::{Bar, Day};

/// The bars before a day that its metrics depend on, besides the [`State`]: a year, and the days
/// without the benchmark that the first return of beta may span.
pub const REACH: usize = YEAR + MISSING;

/// Numbers of a history that depend on all of its days.
pub(super) const SMOOTHED: usize = 10;

/// The metrics at the last day of a history, as far as they depend on all of its bars.
///
/// Everything else is rebuilt from the last [`REACH`] bars. The JSON is an object of about 350
/// bytes. Its numbers are read and written exactly; that needs the feature `float_roundtrip` of
/// `serde_json`.
///
/// A state knows the adjusted close of its day, not of the days before: it must be dropped when an
/// earlier bar is corrected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// [`State::VERSION`] of the code that made it.
    pub(super) version: u32,
    pub(super) day: Day,
    /// Bars up to and including `day`.
    pub(super) bars: usize,
    pub(super) adj_close: f64,
    /// The means of the smoothed metrics, in the order of `Engine::smoothed`. All are finite.
    pub(super) smoothed: [f64; SMOOTHED],
}

impl State {
    /// Raised when a metric is computed in another way, so that no history mixes both.
    pub(super) const VERSION: u32 = 1;

    /// The last day it includes.
    pub fn day(&self) -> Day {
        self.day
    }

    /// True if [`compute_after`](super::compute_after) can go on from here with `bars`: this code
    /// made the state, `bars` begin with at least [`REACH`] bars up to its day, or with all when it
    /// has fewer, and its day has the same adjusted close. False after a corporate action.
    pub fn continues(&self, bars: &[Bar]) -> bool {
        let known = self.known(bars);
        self.version == Self::VERSION
            && (REACH.min(self.bars)..=self.bars).contains(&known.len())
            && known.last().is_some_and(|last| {
                last.day() == self.day
                    && last.adj_close().to_f64().to_bits() == self.adj_close.to_bits()
            })
    }

    /// Those of `bars` that it includes.
    pub(super) fn known<'a>(&self, bars: &'a [Bar]) -> &'a [Bar] {
        let known = bars.partition_point(|bar| bar.day() <= self.day);
        bars.get(..known).unwrap_or_default()
    }

    /// Reads a stored state, for `#[serde(deserialize_with)]`. Another version may have other
    /// fields: such a state is none, not an error.
    pub fn stored<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Stored {
            State(State),
            Other(serde::de::IgnoredAny),
        }
        Ok(match Stored::deserialize(deserializer)? {
            Stored::State(state) => Some(state),
            Stored::Other(_) => None,
        })
    }
}
