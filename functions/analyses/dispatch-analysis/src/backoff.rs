//! Retries of calls: their number, and the delays between them.

use jiff::SignedDuration;

/// An analysis is undeliverable after this many failed attempts.
pub const MAX_ATTEMPTS: u32 = 5;

const FIRST_DELAY: SignedDuration = SignedDuration::from_secs(5);
const GROWTH: i32 = 4;
const JITTER: f64 = 0.2;

/// The delay after failed attempt `attempt` (from 1): 5 s, 20 s, 80 s, ..., plus or minus 20 %.
///
/// `chance` is a random number in [0, 1): it spreads retries of calls that failed together.
pub fn backoff(attempt: u32, chance: f64) -> SignedDuration {
    let growth = GROWTH.saturating_pow(attempt.saturating_sub(1).min(MAX_ATTEMPTS));
    (FIRST_DELAY * growth).mul_f64(1.0 + JITTER * (2.0 * chance.clamp(0.0, 1.0) - 1.0))
}
