//! The end of a refresh, in its log line and in the table `refreshes`.

use jiff::SignedDuration;
use market::RefreshRequested;

use crate::plan::Stored;

/// The end of a refresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    Refreshed(Written),
    /// The stock was refreshed after the request: there was nothing left to do.
    Superseded,
    /// The database rejected the bars.
    Rejected(Failure),
    Failed(Failure),
    /// The stock was not refreshed, for the reason with this code.
    Skipped(&'static str),
}

/// The code of a refresh that waits for the provider's rate limit.
pub(crate) const RATE_LIMITED: &str = "provider_rate_limited";

/// The stock shows the same code and detail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub code: String,
    pub detail: String,
}

/// The changes that a refresh has stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// `unchanged`, `updated`, or `replaced` with the whole history.
    pub outcome: &'static str,
    pub bars: usize,
    /// Rows of the provider that are not among the bars.
    pub rejected_rows: u64,
}

impl Ended {
    /// The end of a request that needs no refresh, or must not have one now.
    pub(crate) fn at_once(request: &RefreshRequested, stored: &Stored) -> Option<Self> {
        let full = request.full.is_some();
        let last = if full { stored.reconciled_at } else { stored.refreshed_at };
        if !stored.active {
            Some(Self::Skipped("stock_inactive"))
        } else if last.is_some_and(|at| at >= request.occurred_at) {
            Some(Self::Superseded)
        } else if stored.waits_for_retry && !request.force {
            Some(Self::Skipped("retry_later"))
        } else {
            None
        }
    }

    /// The status of the item of a requested refresh.
    pub(crate) fn status(&self) -> &'static str {
        match self {
            Self::Refreshed(_) | Self::Superseded => "done",
            Self::Rejected(_) | Self::Failed(_) => "failed",
            Self::Skipped(_) => "skipped",
        }
    }

    fn outcome(&self) -> &'static str {
        match self {
            Self::Refreshed(written) => written.outcome,
            Self::Superseded => "superseded",
            Self::Rejected(_) => "rejected",
            Self::Failed(_) => "failed",
            Self::Skipped(RATE_LIMITED) => "rate_limited",
            Self::Skipped(_) => "skipped",
        }
    }

    /// Code and, of a failure, detail.
    pub(crate) fn error(&self) -> (Option<&str>, Option<&str>) {
        match self {
            Self::Refreshed(_) | Self::Superseded => (None, None),
            Self::Rejected(failure) | Self::Failed(failure) => {
                (Some(&failure.code), Some(&failure.detail))
            }
            Self::Skipped(code) => (Some(code), None),
        }
    }

    /// Writes the one line of a refresh. Its span has the ids.
    pub(crate) fn log(&self, duration: SignedDuration) {
        let (outcome, milliseconds) = (self.outcome(), duration.as_millis_f64());
        let (code, detail) = self.error();
        match self {
            Self::Refreshed(Written { bars, rejected_rows, .. }) => tracing::info!(
                refresh.outcome = outcome,
                refresh.bars = bars,
                refresh.rejected_rows = rejected_rows,
                refresh.duration_ms = milliseconds,
                "the refresh ended"
            ),
            Self::Superseded | Self::Skipped(_) => tracing::info!(
                refresh.outcome = outcome,
                refresh.error = code,
                refresh.duration_ms = milliseconds,
                "the refresh ended"
            ),
            Self::Rejected(_) | Self::Failed(_) => tracing::warn!(
                refresh.outcome = outcome,
                refresh.error = code,
                refresh.cause = detail,
                refresh.duration_ms = milliseconds,
                "the refresh ended"
            ),
        }
    }
}
