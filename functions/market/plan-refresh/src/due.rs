//! Which stocks are due.

use std::future::Future;

use jiff::Timestamp;
use market::Symbol;
use serde::Deserialize;
use shared::{
    config::ConfigError,
    http_client::HttpClient,
    store::{Rest, StoreError, quoted},
};

/// Names the stocks whose refresh is due.
pub trait DueStocks: Send + Sync {
    /// Followed stocks not refreshed since `before`, unless an error tells to wait beyond `now`.
    fn due(&self, before: Timestamp, now: Timestamp) -> impl Future<Output = Result<Vec<Symbol>, StoreError>> + Send;
}

/// The table `stocks`.
#[derive(Debug)]
pub struct Stocks(Rest);

impl Stocks {
    /// At `SUPABASE_URL`, with `SUPABASE_SECRET_KEY`.
    pub fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        Rest::service(http).map(Self)
    }
}

#[derive(Deserialize)]
struct SymbolRow {
    symbol: Symbol,
}

impl DueStocks for Stocks {
    async fn due(&self, before: Timestamp, now: Timestamp) -> Result<Vec<Symbol>, StoreError> {
        let due = format!(
            "or(refreshed_at.is.null,refreshed_at.lt.{}),or(retry_at.is.null,retry_at.lte.{})",
            quoted(before),
            quoted(now)
        );
        let mut all: Vec<Symbol> = Vec::new();
        loop {
            let mut query = self.0.table("stocks").select("symbol").is("active", "true").and(&due).order("symbol");
            if let Some(last) = all.last() {
                query = query.gt("symbol", last.as_str());
            }
            let part: Vec<SymbolRow> = self.0.rows(query).await?;
            if part.is_empty() {
                return Ok(all);
            }
            all.extend(part.into_iter().map(|row| row.symbol));
        }
    }
}
