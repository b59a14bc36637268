//! The stored state of a stock, and the SQL functions that refresh it.

use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::{
    plan::{Ended, Stored},
    ports::{
        ApplyRefresh, Change, EndItem, PostponeRefresh, ReadRefreshState, RecordRefreshError, Retry,
    },
};
use market::{BENCHMARK, Bar, Bars, Day, DayMetrics, Price, RejectedRows, Symbol};
use shared::{
    config::SupabaseConfig,
    deadline::Deadline,
    http_client::HttpClient,
    store::{Rest, StoreError},
};

/// Access to stocks and bars, with Supabase's secret key.
#[derive(Debug)]
pub struct RefreshStore(Rest);

impl RefreshStore {
    pub fn new(supabase: &SupabaseConfig, http: &HttpClient) -> Self {
        Self(Rest::new(supabase, http))
    }
}

#[derive(Deserialize)]
struct Close {
    day: Day,
    adj_close: Price,
}

impl ReadRefreshState for RefreshStore {
    async fn state(
        &self,
        symbol: &Symbol,
        deadline: Deadline,
    ) -> Result<Option<Stored>, StoreError> {
        match self
            .0
            .call_idempotent("refresh_state", &json!({ "p_symbol": symbol }), deadline)
            .await
        {
            Err(StoreError::Refused { code, .. }) if code == "stock_not_found" => Ok(None),
            other => other.map(Some),
        }
    }

    async fn stored_bars(&self, symbol: &Symbol, deadline: Deadline) -> Result<Bars, StoreError> {
        self.0.call_idempotent("read_bars", &json!({ "p_symbol": symbol }), deadline).await
    }

    async fn benchmark_closes(&self, deadline: Deadline) -> Result<Vec<(Day, f64)>, StoreError> {
        let closes: Vec<Close> = self
            .0
            .call_idempotent("read_bars", &json!({ "p_symbol": BENCHMARK }), deadline)
            .await?;
        Ok(closes.into_iter().map(|close| (close.day, close.adj_close.to_f64())).collect())
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
}

/// The fields of [`ApplyArguments`].
const COLUMNS: &str = "p_symbol,p_version,p_provider,p_replace,p_force,p_bars,p_history,p_rejected";

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
        };
        self.0.call_whole("apply_refresh", COLUMNS, &arguments, deadline).await
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
        self.0.run("record_refresh_error", &arguments, deadline).await
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
        self.0.run("postpone_refresh", &arguments, deadline).await
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
        let (state, code) = match ended {
            Ended::Done => ("done", None),
            Ended::Failed(code) => ("failed", Some(code.as_str())),
            Ended::Skipped(code) => ("skipped", Some(*code)),
        };
        let arguments =
            json!({ "p_id": refresh, "p_symbol": symbol, "p_state": state, "p_code": code });
        self.0.run("end_refresh_item", &arguments, deadline).await
    }
}
