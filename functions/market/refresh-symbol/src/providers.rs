//! Providers of market data, tried in the configured order until one returns bars.
//!
//! Responses of providers are untrusted: size and time are capped, and every row is judged
//! (`rows.rs`).

mod csv;
mod fetch;
mod tiingo;

use market::Symbol;
use shared::{deadline::Deadline, http_client::HttpClient};

use crate::{
    config::{ProviderConfig, ProvidersConfig},
    ports::{Fetched, MarketData, MarketDataError},
    providers::{csv::Csv, tiingo::Tiingo},
    rows::{Judged, Wanted},
};

#[derive(Debug)]
enum Provider {
    Csv(Csv),
    Tiingo(Tiingo),
}

impl Provider {
    fn new(config: ProviderConfig, http: &HttpClient) -> Self {
        match config {
            ProviderConfig::Csv(config) => Self::Csv(Csv::new(config, http)),
            ProviderConfig::Tiingo(config) => Self::Tiingo(Tiingo::new(config, http)),
        }
    }

    fn fetched(&self, Judged { bars, rejected }: Judged, is_fallback: bool) -> Fetched {
        if let Some(rows) = &rejected {
            tracing::warn!(
                provider = self.name(),
                rows.rejected = rows.count,
                rows.clipped = rows.clipped,
                "a provider sent rows that were set aside or clipped"
            );
        }
        Fetched { bars, rejected, provider: self.name(), is_fallback }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Csv(_) => "csv",
            Self::Tiingo(_) => "tiingo",
        }
    }

    async fn bars(
        &self,
        symbol: &Symbol,
        wanted: Wanted,
        deadline: Deadline,
    ) -> Result<Judged, MarketDataError> {
        match self {
            Self::Csv(csv) => csv.bars(symbol, wanted, deadline).await,
            Self::Tiingo(tiingo) => tiingo.bars(symbol, wanted, deadline).await,
        }
    }
}

/// The configured providers, in order.
#[derive(Debug)]
pub struct Providers(Vec<Provider>);

impl Providers {
    pub fn new(config: ProvidersConfig, http: &HttpClient) -> Self {
        Self(config.providers.into_iter().map(|provider| Provider::new(provider, http)).collect())
    }
}

impl MarketData for Providers {
    async fn bars(
        &self,
        symbol: &Symbol,
        wanted: Wanted,
        deadline: Deadline,
    ) -> Result<Fetched, MarketDataError> {
        // The first provider is the preferred one, so its error is reported.
        let mut first_error = None;
        for (place, provider) in self.0.iter().enumerate() {
            match provider.bars(symbol, wanted, deadline).await {
                Ok(judged) => return Ok(provider.fetched(judged, place > 0)),
                Err(error) => {
                    tracing::warn!(
                        provider = provider.name(),
                        provider.error = error.code(),
                        "a provider returned no bars"
                    );
                    first_error.get_or_insert(error);
                }
            }
        }
        Err(first_error.unwrap_or_else(|| {
            MarketDataError::Unavailable("no provider is configured".to_owned())
        }))
    }
}
