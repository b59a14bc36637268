//! The stocks that are due.

use std::future::Future;

use jiff::Timestamp;
use market::Symbol;
use serde::Deserialize;
use shared::{
    config::SupabaseConfig,
    deadline::Deadline,
    http_client::HttpClient,
    store::{Rest, StoreError, quoted},
};

/// Finds the stocks whose refresh is due.
pub trait DueStocks: Send + Sync {
    /// Active stocks not refreshed since `before`, except those whose retry is due after `now`.
    fn due(
        &self,
        before: Timestamp,
        now: Timestamp,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Vec<Symbol>, StoreError>> + Send;
}

/// The table `stocks`.
#[derive(Debug)]
pub struct Stocks(Rest);

impl Stocks {
    pub fn new(supabase: &SupabaseConfig, http: &HttpClient) -> Self {
        Self(Rest::new(supabase, http))
    }
}

#[derive(Deserialize)]
struct SymbolRow {
    symbol: Symbol,
}

impl DueStocks for Stocks {
    async fn due(
        &self,
        before: Timestamp,
        now: Timestamp,
        deadline: Deadline,
    ) -> Result<Vec<Symbol>, StoreError> {
        let due = format!(
            "or(refreshed_at.is.null,refreshed_at.lt.{}),or(retry_at.is.null,retry_at.lte.{})",
            quoted(before),
            quoted(now)
        );
        let mut all: Vec<Symbol> = Vec::new();
        loop {
            let mut query = self
                .0
                .table("stocks")
                .select("symbol")
                .is("active", "true")
                .and(&due)
                .order("symbol");
            if let Some(last) = all.last() {
                query = query.gt("symbol", last.as_str());
            }
            let part: Vec<SymbolRow> = self.0.rows(query, deadline).await?;
            if part.is_empty() {
                return Ok(all);
            }
            all.extend(part.into_iter().map(|row| row.symbol));
        }
    }
}
