//! Getting a message to its receiver: what an attempt came to, and when to try again.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

/// After this many attempts a message is undeliverable.
pub const MAX_ATTEMPTS: u32 = 5;

const FIRST_DELAY: SignedDuration = SignedDuration::from_secs(5);
const GROWTH: i32 = 4;
const JITTER: f64 = 0.2;

/// How long to wait after the failed attempt number `attempt` (from 1): 5 s, 20 s, 80 s, ... give or take 20 %.
///
/// `chance` is a random number from 0 up to 1: it spreads messages that failed together.
pub fn backoff(attempt: u32, chance: f64) -> SignedDuration {
    let growth = GROWTH.saturating_pow(attempt.saturating_sub(1).min(MAX_ATTEMPTS));
    (FIRST_DELAY * growth).mul_f64(1.0 + JITTER * (2.0 * chance.clamp(0.0, 1.0) - 1.0))
}

/// The queues a message of the outbox can be meant for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Topic {
    Analyses,
}

/// A message written in the transaction that made it true, and not yet known to be sent.
#[derive(Debug, Deserialize)]
pub struct Outgoing {
    pub id: Uuid,
    pub topic: Topic,
    /// JSON, sent as it is.
    pub payload: Box<RawValue>,
    pub claim_token: Uuid,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_by_four_around_five_seconds() {
        let middle = |attempt| backoff(attempt, 0.5).as_secs();
        assert_eq!([middle(1), middle(2), middle(3), middle(4)], [5, 20, 80, 320]);
    }

    #[test]
    fn chance_spreads_a_wait_by_a_fifth() {
        assert_eq!(backoff(1, 0.0).as_millis(), 4_000);
        assert_eq!(backoff(1, 1.0).as_millis(), 6_000);
    }

    #[test]
    fn no_attempt_number_overflows() {
        assert_eq!(backoff(u32::MAX, 0.5), backoff(MAX_ATTEMPTS + 1, 0.5));
    }
}
