//! Deadlines of invocations.
//!
//! A [`Deadline`] is made once, from the context of the invocation, and passed to every call that
//! leaves the process. Such a call ends before the deadline, or earlier at its own timeout.

use std::{future::Future, time::Duration};

use lambda_runtime::Context;
use tokio::time::{Instant, error::Elapsed, timeout};

/// Reserved for the response and the log line, after the last call has timed out.
const RESERVE: Duration = Duration::from_millis(500);
/// The time of an invocation without a context, as in tests.
const DEFAULT: Duration = Duration::from_secs(30);

/// The instant before which every call of an invocation must end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

impl Deadline {
    /// Lambda's deadline less 500 ms.
    pub fn of(context: &Context) -> Self {
        let left =
            context.deadline().elapsed().map_or_else(|ahead| ahead.duration(), |_| Duration::ZERO);
        Self::after(left.saturating_sub(RESERVE))
    }

    /// A deadline this long from now.
    pub fn after(duration: Duration) -> Self {
        Self(Instant::now() + duration)
    }

    /// The time left.
    pub fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// True when at least this much time is left.
    pub fn has(self, duration: Duration) -> bool {
        self.remaining() >= duration
    }

    /// An earlier deadline for a call, so that this much time is left to record its outcome.
    #[must_use]
    pub fn less(self, reserve: Duration) -> Self {
        Self(self.0.checked_sub(reserve).unwrap_or(self.0))
    }

    /// Runs a call for at most `limit`, and at most until the deadline.
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
        let kept = Duration::from_secs(1)..=Duration::from_millis(1500);
        assert!(kept.contains(&remaining), "{remaining:?}");
        context.deadline = 0;
        assert_eq!(Deadline::of(&context).remaining(), Duration::ZERO);
    }
}
