//! Getting a message to its receiver: what an attempt came to, and when to try again.

use jiff::SignedDuration;

/// After this many attempts a message is undeliverable.
pub const MAX_ATTEMPTS: u32 = 5;

const FIRST_DELAY: SignedDuration = SignedDuration::from_secs(5);
const GROWTH: i32 = 4;
const JITTER: f64 = 0.2;

/// How long to wait after the failed attempt number `attempt` (from 1): 5 s, 20 s, 80 s, ... give
/// or take 20 %.
///
/// `chance` is a random number from 0 up to 1: it spreads messages that failed together.
pub fn backoff(attempt: u32, chance: f64) -> SignedDuration {
    let growth = GROWTH.saturating_pow(attempt.saturating_sub(1).min(MAX_ATTEMPTS));
    (FIRST_DELAY * growth).mul_f64(1.0 + JITTER * (2.0 * chance.clamp(0.0, 1.0) - 1.0))
}
