//! Market data, read as `anon`: the same for everyone.

use postgrest::Builder;
use serde_json::json;

use super::public::PublicReads;
use crate::{
    adapters::http_client::HttpClient,
    config::ConfigError,
    domain::market::{Day, HistoryRow, Snapshot, StockDetail, StockSummary, Symbol},
    fresh::Fresh,
    ports::{FindStock, LatestMetrics, ListMetrics, ListStocks, Probe, ReadHistory, StoreError},
};

const STOCK_COLUMNS: &str = "symbol,name,exchange,currency,active,refreshed_at,refresh_error";

/// Stocks, their metrics and their history.
#[derive(Debug)]
pub struct Markets(PublicReads);

impl Markets {
    /// At `SUPABASE_URL`, with `SUPABASE_PUBLISHABLE_KEY`.
    pub fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        PublicReads::from_env(http).map(Self)
    }
}

/// The part of a list behind a symbol.
fn by_symbol(query: Builder, after: Option<&Symbol>, count: usize) -> Builder {
    let query = query.order("symbol").limit(count);
    match after {
        Some(symbol) => query.gt("symbol", symbol.as_str()),
        None => query,
    }
}

impl LatestMetrics for Markets {
    async fn latest(&self, symbol: &Symbol) -> Result<Fresh<Option<Snapshot>>, StoreError> {
        let query = self.0.table("stock_metrics").select("*").eq("symbol", symbol.as_str());
        Ok(self.0.rows(query).await?.map(|mut rows| rows.pop()))
    }
}

impl ListMetrics for Markets {
    async fn metrics_after(&self, after: Option<&Symbol>, count: usize) -> Result<Fresh<Vec<Snapshot>>, StoreError> {
        self.0.rows(by_symbol(self.0.table("stock_metrics").select("*"), after, count)).await
    }
}

impl FindStock for Markets {
    async fn find(&self, symbol: &Symbol) -> Result<Fresh<Option<StockDetail>>, StoreError> {
        let columns = format!("{STOCK_COLUMNS},metrics:stock_metrics(*)");
        let query = self.0.table("stocks").select(columns).eq("symbol", symbol.as_str());
        Ok(self.0.rows(query).await?.map(|mut rows| rows.pop()))
    }
}

impl ListStocks for Markets {
    async fn stocks_after(&self, after: Option<&Symbol>, count: usize) -> Result<Fresh<Vec<StockSummary>>, StoreError> {
        let query = self.0.table("stocks").select(STOCK_COLUMNS).is("active", "true");
        self.0.rows(by_symbol(query, after, count)).await
    }
}

impl ReadHistory for Markets {
    async fn history(
        &self,
        symbol: &Symbol,
        from: Option<Day>,
        to: Option<Day>,
        count: usize,
    ) -> Result<Fresh<Option<Vec<HistoryRow>>>, StoreError> {
        let arguments = json!({ "p_symbol": symbol, "p_from": from, "p_to": to, "p_limit": count });
        match self.0.call("read_history", &arguments).await {
            Err(StoreError::Refused { code, .. }) if code == "stock_not_found" => Ok(Fresh::read(None)),
            rows => rows.map(|rows| rows.map(Some)),
        }
    }
}

impl Probe for Markets {
    async fn probe(&self) -> bool {
        let query = self.0.table("stocks").select("symbol").limit(1);
        self.0.answers(query).await
    }
}
