//! Market data, read as `anon`: the same for everyone.

use http::HeaderValue;
use serde_json::json;

use shared::{
    cached::Cached,
    config::ConfigError,
    http_client::HttpClient,
    list::ListQuery,
    store::{CachePolicy, PublicReads, Rest, SecondLevel, StoreError, filtered, page_query, quoted},
};

use crate::{
    FindStock, History, HistoryQuery, LatestMetrics, ListMetrics, ListStocks, ReadHistory, Search, Snapshot,
    StockDetail, StockSummary, Symbol, Symbols,
};

const STOCK_COLUMNS: &str = "symbol,name,exchange,currency,active,first_day,as_of,refreshed_at,refresh_error";

/// Stocks, their metrics and their history.
#[derive(Debug)]
pub struct Markets(PublicReads);

impl Markets {
    /// At `SUPABASE_READ_URL`, else at `SUPABASE_URL`, with `SUPABASE_PUBLISHABLE_KEY`.
    pub fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        PublicReads::from_env(http).map(Self)
    }

    /// The project at `supabase_url`, with its publishable key.
    pub fn new(
        supabase_url: &str,
        key: HeaderValue,
        http: &HttpClient,
        keep: CachePolicy,
        second: Option<SecondLevel>,
    ) -> Self {
        Self(PublicReads::new(Rest::new(supabase_url, key, http), keep, second))
    }
}

impl LatestMetrics for Markets {
    async fn latest(&self, symbol: &Symbol) -> Result<Cached<Option<Snapshot>>, StoreError> {
        let query = self.0.table("stock_metrics").select("*").eq("symbol", symbol.as_str());
        Ok(self.0.rows(query).await?.map(|mut rows| rows.pop()))
    }
}

impl ListMetrics for Markets {
    async fn list_metrics(&self, query: &ListQuery) -> Result<Cached<Vec<Snapshot>>, StoreError> {
        self.0.rows(page_query(self.0.table("stock_metrics"), query)).await
    }

    async fn metrics_of(&self, symbols: &Symbols, query: &ListQuery) -> Result<Cached<Vec<Snapshot>>, StoreError> {
        let symbols = symbols.as_slice().iter().map(quoted);
        self.0.rows(filtered(self.0.table("stock_metrics"), query, None).in_("symbol", symbols)).await
    }
}

impl FindStock for Markets {
    async fn find(&self, symbol: &Symbol) -> Result<Cached<Option<StockDetail>>, StoreError> {
        let columns = format!("{STOCK_COLUMNS},metrics:stock_metrics(*)");
        let query = self.0.table("stocks").select(columns).eq("symbol", symbol.as_str());
        Ok(self.0.rows(query).await?.map(|mut rows| rows.pop()))
    }
}

impl ListStocks for Markets {
    async fn list_stocks(&self, query: &ListQuery) -> Result<Cached<Vec<StockSummary>>, StoreError> {
        self.0.rows(page_query(self.0.table("stocks"), query)).await
    }

    async fn search_stocks(&self, search: &Search, query: &ListQuery) -> Result<Cached<Vec<StockSummary>>, StoreError> {
        let found = self.0.function("search_stocks", &json!({ "p_query": search.as_str() }))?;
        self.0.rows(filtered(found, query, Some("relevance")).order("relevance.desc,symbol.asc")).await
    }
}

impl ReadHistory for Markets {
    async fn history(&self, symbol: &Symbol, query: &HistoryQuery) -> Result<Cached<Option<History>>, StoreError> {
        let metrics: Vec<_> = query.metrics.iter().map(|metric| metric.name()).collect();
        let arguments = json!({
            "p_symbol": symbol, "p_interval": query.interval.name(), "p_adjusted": query.adjusted, "p_metrics": metrics,
            "p_from": query.from, "p_back": query.back, "p_to": query.to, "p_descending": query.descending, "p_limit": query.count,
        });
        match self.0.answer(self.0.function("read_history_page", &arguments)?).await {
            Err(StoreError::Refused { code, .. }) if code == "stock_not_found" => Ok(Cached::from_store(None)),
            found => Ok(found?.map(Some)),
        }
    }
}
