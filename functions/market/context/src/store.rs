//! Market data in Supabase, read as `anon` and cached. It is the same for everyone.

mod cache;
mod public;

use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;
use shared::{
    cached::Cached,
    config::{ConfigError, SupabaseConfig},
    deadline::Deadline,
    http_client::HttpClient,
    list::ListQuery,
    store::{StoreError, filtered, page_query, quoted},
};

pub use self::cache::{CacheConfig, CachePolicy, SecondLevel};
use self::public::PublicReads;
use crate::{
    Comparison, FindStock, History, HistoryQuery, KnownStocks, LatestMetrics, ListMetrics,
    ListStocks, ReadHistory, Search, Snapshot, StockDetail, StockSummary, Symbol, Symbols,
};

/// Stocks, their metrics and their history. Clones share one cache.
#[derive(Debug, Clone)]
pub struct Markets(Arc<PublicReads>);

impl Markets {
    pub fn new(supabase: &SupabaseConfig, cache: CacheConfig, http: &HttpClient) -> Self {
        Self(Arc::new(PublicReads::new(supabase, cache, http)))
    }

    /// Reads from the read replica if there is one, through the configured cache.
    pub fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        Ok(Self::new(&SupabaseConfig::replica()?, CacheConfig::from_env()?, http))
    }
}

impl LatestMetrics for Markets {
    async fn latest(
        &self,
        symbol: &Symbol,
        deadline: Deadline,
    ) -> Result<Cached<Option<Snapshot>>, StoreError> {
        let query = self.0.table("stock_metrics").select("*").eq("symbol", symbol.as_str());
        Ok(self.0.rows(query, deadline).await?.map(|mut rows| rows.pop()))
    }
}

impl ListMetrics for Markets {
    async fn list_metrics(
        &self,
        query: &ListQuery,
        deadline: Deadline,
    ) -> Result<Cached<Vec<Snapshot>>, StoreError> {
        let mut query = query.clone();
        let comparisons = Comparison::take(&mut query);
        let source = if comparisons.is_empty() {
            self.0.table("stock_metrics")
        } else {
            self.0.function("compare_metrics", &json!({ "p_comparisons": comparisons }))?
        };
        self.0.rows(page_query(source, &query), deadline).await
    }

    async fn metrics_of(
        &self,
        symbols: &Symbols,
        query: &ListQuery,
        deadline: Deadline,
    ) -> Result<Cached<Vec<Snapshot>>, StoreError> {
        let symbols = symbols.as_slice().iter().map(quoted);
        let query = filtered(self.0.table("stock_metrics"), query, None).in_("symbol", symbols);
        self.0.rows(query, deadline).await
    }
}

impl KnownStocks for Markets {
    async fn known(
        &self,
        symbols: &[Symbol],
        deadline: Deadline,
    ) -> Result<Vec<Symbol>, StoreError> {
        let symbols = symbols.iter().map(quoted);
        let query = self.0.table("stocks").select("symbol").in_("symbol", symbols);
        let found = self.0.rows::<Known>(query, deadline).await?;
        Ok(found.value.into_iter().map(|stock| stock.symbol).collect())
    }
}

/// A row of `stocks` without its other columns.
#[derive(Debug, Deserialize)]
struct Known {
    symbol: Symbol,
}

impl FindStock for Markets {
    async fn find(
        &self,
        symbol: &Symbol,
        deadline: Deadline,
    ) -> Result<Cached<Option<StockDetail>>, StoreError> {
        let query = self.0.function("find_stock", &json!({ "p_symbol": symbol }))?;
        self.0.read(query, deadline).await
    }
}

impl ListStocks for Markets {
    async fn list_stocks(
        &self,
        query: &ListQuery,
        deadline: Deadline,
    ) -> Result<Cached<Vec<StockSummary>>, StoreError> {
        self.0.rows(page_query(self.0.table("stocks"), query), deadline).await
    }

    async fn search_stocks(
        &self,
        search: &Search,
        query: &ListQuery,
        deadline: Deadline,
    ) -> Result<Cached<Vec<StockSummary>>, StoreError> {
        let found = self.0.function("search_stocks", &json!({ "p_query": search.as_str() }))?;
        let found = filtered(found, query, Some("relevance")).order("relevance.desc,symbol.asc");
        self.0.rows(found, deadline).await
    }
}

impl ReadHistory for Markets {
    async fn history(
        &self,
        symbol: &Symbol,
        query: &HistoryQuery,
        deadline: Deadline,
    ) -> Result<Cached<Option<History>>, StoreError> {
        let metrics: Vec<_> = query.metrics.iter().map(|metric| metric.name()).collect();
        let arguments = json!({
            "p_symbol": symbol, "p_interval": query.interval.name(), "p_adjusted": query.adjusted,
            "p_metrics": metrics, "p_from": query.from, "p_back": query.back, "p_to": query.to,
            "p_descending": query.descending, "p_limit": query.count,
            "p_fit": query.fit, "p_bars": query.bars,
        });
        match self.0.read(self.0.function("read_history_page", &arguments)?, deadline).await {
            Err(StoreError::Refused { code, .. }) if code == "stock_not_found" => {
                Ok(Cached::from_store(None))
            }
            found => Ok(found?.map(Some)),
        }
    }
}
