//! The times of the attempts of a day.

use jiff::{SignedDuration, Timestamp};

const JITTER: f64 = 0.2;

/// From the request or the last redrive to the last attempt.
pub const LAST_ATTEMPT: SignedDuration = SignedDuration::from_mins(23 * 60 + 30);
/// From the request or the last redrive to the time after which no attempt begins, even if none was
/// possible before. Then expire-analyses ends the analysis.
pub const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The delay after failed attempt `attempt` (from 1), plus or minus 20 %: first some seconds, for a
/// restart of n8n, then minutes, for an upgrade.
///
/// `chance` is a random number in [0, 1): it spreads retries of calls that failed together.
pub fn backoff(attempt: u32, chance: f64) -> SignedDuration {
    let delay = match attempt {
        0 | 1 => SignedDuration::from_secs(5),
        2 => SignedDuration::from_secs(20),
        3 => SignedDuration::from_secs(80),
        4 => SignedDuration::from_mins(5),
        _ => SignedDuration::from_mins(15),
    };
    delay.mul_f64(1.0 + JITTER * (2.0 * chance.clamp(0.0, 1.0) - 1.0))
}

/// `since` plus `duration`.
pub(crate) fn after(since: Timestamp, duration: SignedDuration) -> Timestamp {
    since.saturating_add(duration).unwrap_or(Timestamp::MAX)
}
