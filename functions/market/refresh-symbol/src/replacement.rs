//! Decides if a fetched history may replace the stored one.

use std::fmt;

use market::{Bar, Bars, Day};

/// The number of stored days that a replacement may lack: providers differ in a few days.
/// `apply_refresh` has the same rule.
const MISSING_DAYS: usize = 5;

/// Why a history must not replace the stored one: it is shorter.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("stored are {stored}; it has {fetched} and lacks {missing} of the stored days")]
pub(crate) struct Shorter {
    stored: Span,
    fetched: Span,
    missing: usize,
}

/// The days of a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    days: usize,
    first: Day,
    last: Day,
}

/// A provider may return its last rows only, or a truncated file. A history that begins later or
/// ends earlier than the stored one, or lacks more than [`MISSING_DAYS`] of its days, is rejected.
pub(crate) fn check_length(stored: &Bars, fetched: &Bars) -> Result<(), Shorter> {
    let (Some(old), Some(new)) = (Span::of(stored), Span::of(fetched)) else { return Ok(()) };
    let missing = stored.iter().filter(|bar| fetched.on(bar.day()).is_none()).count();
    if new.first > old.first || new.last < old.last || missing > MISSING_DAYS {
        return Err(Shorter { stored: old, fetched: new, missing });
    }
    Ok(())
}

impl Span {
    fn of(bars: &[Bar]) -> Option<Self> {
        let (first, last) = (bars.first()?.day(), bars.last()?.day());
        Some(Self { days: bars.len(), first, last })
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { days, first, last } = self;
        write!(f, "{days} days from {first} to {last}")
    }
}
