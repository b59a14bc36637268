//! The stored state of a stock, and the SQL functions that refresh it.

use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::{
    ended::Ended,
    plan::Stored,
    ports::{
        ApplyRefresh, Change, EndItem, PostponeRefresh, ReadRefreshState, RecordRefreshError, Retry,
    },
};
use market::{Bar, Bars, Day, DayMetrics, Price, RejectedRows, Symbol, metrics::State};
use shared::{
    config::SupabaseConfig,
    deadline::Deadline,
    http_client::HttpClient,
    store::{Rest, StoreError},
};

/// Access to stocks and bars, with Supabase's secret key.
#[derive(Debug)]
pub struct RefreshStore {
    rest: Rest,
    benchmark: Symbol,
    /// The benchmark's closes that were read last.
    closes: Mutex<Option<Closes>>,
}

/// The benchmark's closes from a day on.
#[derive(Debug, Clone)]
struct Closes {
    version: i64,
    since: Day,
    days: Arc<[(Day, f64)]>,
}

impl RefreshStore {
    pub fn new(supabase: &SupabaseConfig, benchmark: Symbol, http: &HttpClient) -> Self {
        Self { rest: Rest::new(supabase, http), benchmark, closes: Mutex::default() }
    }

    /// The closes of the version that were read before, if they begin early enough.
    fn known_closes(&self, version: i64, since: Day) -> Option<Arc<[(Day, f64)]>> {
        let known = self.closes.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.as_ref().filter(|it| it.version == version && it.since <= since);
        known.map(|it| Arc::clone(&it.days))
    }
}

impl ReadRefreshState for RefreshStore {
    async fn state(
        &self,
        symbol: &Symbol,
        deadline: Deadline,
    ) -> Result<Option<Stored>, StoreError> {
        let arguments = json!({ "p_symbol": symbol, "p_benchmark": self.benchmark });
        match self.rest.call_idempotent("refresh_state", &arguments, deadline).await {
            Err(StoreError::Refused { code, .. }) if code == "stock_not_found" => Ok(None),
            other => other.map(Some),
        }
    }

    async fn stored_bars(&self, symbol: &Symbol, deadline: Deadline) -> Result<Bars, StoreError> {
        self.rest.call_idempotent("read_bars", &json!({ "p_symbol": symbol }), deadline).await
    }

    async fn last_bars(
        &self,
        symbol: &Symbol,
        until: Day,
        count: usize,
        deadline: Deadline,
    ) -> Result<Bars, StoreError> {
        let arguments = json!({ "p_symbol": symbol, "p_until": until, "p_count": count });
        self.rest.call_idempotent("read_bars", &arguments, deadline).await
    }

    async fn benchmark_closes(
        &self,
        version: i64,
        since: Day,
        deadline: Deadline,
    ) -> Result<Arc<[(Day, f64)]>, StoreError> {
        if let Some(closes) = self.known_closes(version, since) {
            return Ok(closes);
        }
        let arguments = json!({ "p_symbol": self.benchmark, "p_since": since });
        let closes: Vec<(Day, Price)> =
            self.rest.call_idempotent("read_closes", &arguments, deadline).await?;
        let closes = closes.into_iter().map(|(day, close)| (day, close.to_f64())).collect();
        let read = Closes { version, since, days: closes };
        let mut known = self.closes.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(&known.insert(read).days))
    }
}

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the names are those of the function's parameters")]
struct ApplyArguments<'a> {
    p_symbol: &'a Symbol,
    p_version: i64,
    p_provider: &'a str,
    p_replace: bool,
    p_force: bool,
    p_bars: &'a [Bar],
    p_history: &'a [DayMetrics],
    p_rejected: Option<&'a RejectedRows>,
    p_benchmark: &'a Symbol,
    p_benchmark_version: Option<i64>,
    p_state: Option<&'a State>,
}

/// The fields of [`ApplyArguments`].
const COLUMNS: &str = "p_symbol,p_version,p_provider,p_replace,p_force,p_bars,p_history,\
     p_rejected,p_benchmark,p_benchmark_version,p_state";

impl ApplyRefresh for RefreshStore {
    async fn apply(&self, change: Change<'_>, deadline: Deadline) -> Result<(), StoreError> {
        let arguments = ApplyArguments {
            p_symbol: change.symbol,
            p_version: change.version,
            p_provider: change.provider,
            p_replace: change.replace,
            p_force: change.force,
            p_bars: change.bars,
            p_history: change.history,
            p_rejected: change.rejected,
            p_benchmark: &self.benchmark,
            p_benchmark_version: change.benchmark_version,
            p_state: change.state,
        };
        self.rest.call_whole("apply_refresh", COLUMNS, &arguments, deadline).await
    }
}

impl RecordRefreshError for RefreshStore {
    async fn record_error(
        &self,
        symbol: &Symbol,
        version: i64,
        code: &str,
        detail: &str,
        deadline: Deadline,
    ) -> Result<(), StoreError> {
        let arguments = json!({
            "p_symbol": symbol, "p_version": version, "p_code": code, "p_detail": detail,
        });
        self.rest.run("record_refresh_error", &arguments, deadline).await
    }
}

impl PostponeRefresh for RefreshStore {
    async fn postpone(
        &self,
        symbol: &Symbol,
        retry: Retry,
        deadline: Deadline,
    ) -> Result<(), StoreError> {
        let (seconds, until) = retry.parts();
        let arguments = json!({ "p_symbol": symbol, "p_seconds": seconds, "p_until": until });
        self.rest.run("postpone_refresh", &arguments, deadline).await
    }
}

impl EndItem for RefreshStore {
    async fn end_item(
        &self,
        refresh: Uuid,
        symbol: &Symbol,
        ended: &Ended,
        deadline: Deadline,
    ) -> Result<(), StoreError> {
        let (code, detail) = ended.error();
        let arguments = json!({
            "p_id": refresh, "p_symbol": symbol, "p_status": ended.status(), "p_code": code,
            "p_detail": detail,
        });
        self.rest.run("end_refresh_item", &arguments, deadline).await
    }
}
