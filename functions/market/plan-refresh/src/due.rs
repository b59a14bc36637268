//! The stocks that are due.

use std::future::Future;

use jiff::{SignedDuration, Timestamp};
use market::{Full, Symbol};
use serde::Deserialize;
use serde_json::json;
use shared::{
    config::SupabaseConfig,
    deadline::Deadline,
    http_client::HttpClient,
    store::{Rest, StoreError},
};

/// The due stocks that one run has claimed.
#[derive(Debug, Clone, Deserialize)]
pub struct Claimed {
    /// By the clock of the database.
    pub planned_at: Timestamp,
    /// `active` while the benchmark is followed and has bars; `None` if it is not among the stocks.
    pub benchmark_status: Option<String>,
    /// The benchmark first.
    pub stocks: Vec<DueStock>,
}

/// A stock to refresh.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DueStock {
    pub symbol: Symbol,
    pub full: Option<Full>,
}

/// When stocks are due.
#[derive(Debug, Clone, Copy)]
pub struct Intervals {
    /// `REFRESH_INTERVAL`
    pub refresh: SignedDuration,
    /// `RECONCILE_INTERVAL`
    pub reconcile: SignedDuration,
}

/// Claims the stocks whose refresh is due.
pub trait ClaimDueStocks: Send + Sync {
    /// At most `limit` active stocks whose retry is due or that were not refreshed within the
    /// interval, or whose betas are outdated. They are not due again until they were refreshed, or
    /// two hours have passed.
    fn claim(
        &self,
        benchmark: &Symbol,
        intervals: Intervals,
        limit: u32,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Claimed, StoreError>> + Send;

    /// Makes the stocks that were claimed at this instant due again.
    fn release(
        &self,
        symbols: &[Symbol],
        planned_at: Timestamp,
        deadline: Deadline,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Claims through SQL functions.
#[derive(Debug)]
pub struct Stocks(Rest);

impl Stocks {
    pub fn new(supabase: &SupabaseConfig, http: &HttpClient) -> Self {
        Self(Rest::new(supabase, http))
    }
}

impl ClaimDueStocks for Stocks {
    async fn claim(
        &self,
        benchmark: &Symbol,
        intervals: Intervals,
        limit: u32,
        deadline: Deadline,
    ) -> Result<Claimed, StoreError> {
        let Intervals { refresh, reconcile } = intervals;
        let arguments = json!({
            "p_interval": refresh, "p_reconcile_interval": reconcile, "p_limit": limit,
            "p_benchmark": benchmark,
        });
        self.0.call("claim_due_stocks", &arguments, deadline).await
    }

    async fn release(
        &self,
        symbols: &[Symbol],
        planned_at: Timestamp,
        deadline: Deadline,
    ) -> Result<(), StoreError> {
        let arguments = json!({ "p_symbols": symbols, "p_planned_at": planned_at });
        self.0.run("release_stocks", &arguments, deadline).await
    }
}
