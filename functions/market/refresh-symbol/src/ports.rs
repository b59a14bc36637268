//! The ports of a refresh: stored bars, providers, and the changes to store.

use std::{fmt, future::Future, sync::Arc};

use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    config::Budget,
    ended::{Ended, RATE_LIMITED},
    plan::Stored,
    rows::Wanted,
};
use market::{Bar, Bars, Day, DayMetrics, RejectedRows, Symbol, metrics::State};
use shared::{deadline::Deadline, store::StoreError};

/// In seconds. The database delays no retry for longer.
const DAY: u32 = 24 * 60 * 60;

/// When to try again after a rate limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// The provider did not say when.
    Later,
    AfterSeconds(u32),
    At(Timestamp),
}

impl Retry {
    /// Seconds of at most a day, or the instant.
    pub(crate) fn parts(self) -> (Option<u32>, Option<Timestamp>) {
        match self {
            Self::Later => (None, None),
            Self::AfterSeconds(seconds) => (Some(seconds.min(DAY)), None),
            Self::At(at) => (None, Some(at)),
        }
    }
}

/// A provider returned no usable bars. The text says why, without URL or token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MarketDataError {
    #[error("the provider is unavailable: {0}")]
    Unavailable(String),
    #[error("the provider's rate limit is reached")]
    RateLimited(Retry),
    #[error("the provider has no such symbol")]
    UnknownSymbol,
    #[error("the provider rejected the credentials")]
    Unauthorized,
    #[error("the provider's response exceeds {limit} bytes")]
    TooLarge { limit: usize },
    #[error("the provider's response is malformed: {0}")]
    Malformed(String),
    /// It must not replace the stored history.
    #[error("the provider's history conflicts with the stored one: {0}")]
    OtherHistory(String),
}

impl MarketDataError {
    pub(crate) fn malformed(reason: impl fmt::Display) -> Self {
        Self::Malformed(reason.to_string())
    }

    /// A stable code, stored with the stock.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unavailable(_) => "provider_unavailable",
            Self::RateLimited(_) => RATE_LIMITED,
            Self::UnknownSymbol => "provider_unknown_symbol",
            Self::Unauthorized => "provider_unauthorized",
            Self::TooLarge { .. } => "provider_answer_too_large",
            Self::Malformed(_) => "provider_answer_malformed",
            Self::OtherHistory(_) => "provider_history_differs",
        }
    }
}

/// Bars of a provider.
#[derive(Debug)]
pub struct Fetched {
    pub bars: Bars,
    /// The rows that were set aside or clipped, if there are any.
    pub rejected: Option<RejectedRows>,
    /// The name of the provider that returned them.
    pub provider: &'static str,
    /// True when a preferred provider failed before it.
    pub is_fallback: bool,
}

impl Fetched {
    /// The bars, and the `stored` ones of days whose rows were set aside: a bad row does not mean
    /// that the provider has no longer a bar of that day.
    pub(crate) fn with_set_aside(&self, stored: &Bars) -> Bars {
        let days = self.rejected.iter().flat_map(|rows| &rows.days);
        let missing = days.filter(|day| self.bars.on(**day).is_none());
        let kept: Vec<Bar> = missing.filter_map(|day| stored.on(*day)).copied().collect();
        self.bars.clone().with(&kept)
    }
}

/// Fetches daily bars.
pub trait MarketData: Send + Sync {
    /// The bars of the wanted days, at least one.
    fn bars(
        &self,
        symbol: &Symbol,
        wanted: Wanted,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Fetched, MarketDataError>> + Send;
}

/// Counts the calls of a provider, for all sandboxes together.
pub trait ProviderCalls: Send + Sync {
    /// Takes one call. If the provider is paused or its budget is used up: the instant of a retry.
    fn take(
        &self,
        provider: &'static str,
        budget: Budget,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Option<Timestamp>, StoreError>> + Send;

    /// After a rate limit: no sandbox calls the provider before the retry.
    fn pause(
        &self,
        provider: &'static str,
        retry: Retry,
        deadline: Deadline,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Reads the state that a refresh starts from.
pub trait ReadRefreshState: Send + Sync {
    /// `None` when the stock is unknown.
    fn state(
        &self,
        symbol: &Symbol,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Option<Stored>, StoreError>> + Send;

    /// Every stored bar of a stock.
    fn stored_bars(
        &self,
        symbol: &Symbol,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Bars, StoreError>> + Send;

    /// The last `count` bars of a stock up to a day, or all of them, and the later ones.
    fn last_bars(
        &self,
        symbol: &Symbol,
        until: Day,
        count: usize,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Bars, StoreError>> + Send;

    /// The adjusted closes of the benchmark by day, from a day on or from an earlier one. They are
    /// of this version or a later one.
    fn benchmark_closes(
        &self,
        version: i64,
        since: Day,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Arc<[(Day, f64)]>, StoreError>> + Send;
}

/// The changes of a refresh.
#[derive(Debug)]
pub struct Change<'a> {
    pub symbol: &'a Symbol,
    /// The version of the stored state from which the change was computed.
    pub version: i64,
    pub provider: &'static str,
    /// Delete the stored history first.
    pub replace: bool,
    /// Replace it even by a shorter one.
    pub force: bool,
    pub bars: &'a [Bar],
    pub history: &'a [DayMetrics],
    /// The rows of the response that are not among the bars.
    pub rejected: Option<&'a RejectedRows>,
    /// The version of the benchmark that was read before its closes.
    pub benchmark_version: Option<i64>,
    /// The state of the metrics at the last day; `None` drops the stored one.
    pub state: Option<&'a State>,
}

/// Stores the changes of a refresh in one transaction.
pub trait ApplyRefresh: Send + Sync {
    /// [`StoreError::Stale`] when the version has changed.
    fn apply(
        &self,
        change: Change<'_>,
        deadline: Deadline,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Records on a stock that its refresh failed; its data stay unchanged.
pub trait RecordRefreshError: Send + Sync {
    /// [`StoreError::Stale`] when the version has changed.
    fn record_error(
        &self,
        symbol: &Symbol,
        version: i64,
        code: &str,
        detail: &str,
        deadline: Deadline,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Makes a stock due at a retry that is not due to a failure.
pub trait PostponeRefresh: Send + Sync {
    fn postpone(
        &self,
        symbol: &Symbol,
        retry: Retry,
        deadline: Deadline,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Records the end of an item in the table `refreshes`.
pub trait EndItem: Send + Sync {
    fn end_item(
        &self,
        refresh: Uuid,
        symbol: &Symbol,
        ended: &Ended,
        deadline: Deadline,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// The store of refreshes.
pub trait Store:
    ReadRefreshState + ApplyRefresh + RecordRefreshError + PostponeRefresh + EndItem
{
}

impl<S> Store for S where
    S: ReadRefreshState + ApplyRefresh + RecordRefreshError + PostponeRefresh + EndItem
{
}
