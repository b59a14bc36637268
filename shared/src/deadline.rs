//! When an invocation ends.
//!
//! A [`Deadline`] is made once, from the context of the invocation, and handed to every call that
//! leaves the process: no call outlives it. Fixed timeouts are upper bounds below it.

use std::{future::Future, time::Duration};

use lambda_runtime::Context;
use tokio::time::{Instant, error::Elapsed, timeout};

/// Kept back to write the response and the log line after the last call has timed out.
const RESERVE: Duration = Duration::from_millis(500);
/// Without a context, as in tests.
const DEFAULT: Duration = Duration::from_secs(30);

/// The instant after which no call may still be running.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

impl Deadline {
    /// The end of the invocation less a reserve of half a second.
    pub fn of(context: &Context) -> Self {
        let left =
            context.deadline().elapsed().map_or_else(|ahead| ahead.duration(), |_| Duration::ZERO);
        Self::after(left.saturating_sub(RESERVE))
    }

    /// This long from now.
    pub fn after(duration: Duration) -> Self {
        Self(Instant::now() + duration)
    }

    /// The time left.
    pub fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// Whether at least this much time is left.
    pub fn has(self, duration: Duration) -> bool {
        self.remaining() >= duration
    }

    /// The deadline of a call after which something must still be written down, which may take this
    /// long.
    #[must_use]
    pub fn less(self, reserve: Duration) -> Self {
        Self(self.0.checked_sub(reserve).unwrap_or(self.0))
    }

    /// Runs a call for at most `limit`, and not beyond the deadline.
    pub async fn limit<T>(
        self,
        limit: Duration,
        call: impl Future<Output = T>,
    ) -> Result<T, Elapsed> {
        timeout(self.remaining().min(limit), call).await
    }
}

impl Default for Deadline {
    fn default() -> Self {
        Self::after(DEFAULT)
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_call_ends_at_its_limit_or_at_the_deadline() {
        let (began, deadline) = (Instant::now(), Deadline::after(Duration::from_secs(5)));
        assert!(deadline.limit(Duration::from_secs(2), pending::<()>()).await.is_err());
        assert_eq!(began.elapsed(), Duration::from_secs(2));
        assert!(deadline.limit(Duration::from_secs(9), pending::<()>()).await.is_err());
        assert_eq!(began.elapsed(), Duration::from_secs(5));
        assert!(!deadline.has(Duration::from_millis(1)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_reserve_ends_calls_earlier() {
        let deadline = Deadline::after(Duration::from_secs(5)).less(Duration::from_secs(4));
        assert_eq!(deadline.remaining(), Duration::from_secs(1));
        assert_eq!(deadline.limit(Duration::from_secs(9), ready(7)).await, Ok(7));
    }

    #[tokio::test(start_paused = true)]
    async fn an_invocation_keeps_half_a_second_for_its_response() {
        let in_two_seconds = std::time::SystemTime::now() + Duration::from_secs(2);
        let since_epoch = in_two_seconds.duration_since(std::time::UNIX_EPOCH).unwrap();
        let mut context = Context::default();
        context.deadline = since_epoch.as_millis().try_into().unwrap();
        let remaining = Deadline::of(&context).remaining();
        assert!(remaining <= Duration::from_millis(1500), "{remaining:?}");
        context.deadline = 0;
        assert_eq!(Deadline::of(&context).remaining(), Duration::ZERO);
    }
}
