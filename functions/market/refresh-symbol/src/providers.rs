//! Providers of market data, tried in the configured order until one returns bars.
//!
//! Responses of providers are untrusted: size and time are capped, and every row is parsed and
//! checked.

mod csv;
mod fetch;
mod tiingo;

use market::{Bars, Day, Symbol};
use shared::{deadline::Deadline, http_client::HttpClient};

use crate::{
    config::{ProviderConfig, ProvidersConfig},
    ports::{Fetched, MarketData, MarketDataError},
    providers::{csv::Csv, tiingo::Tiingo},
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

    fn name(&self) -> &'static str {
        match self {
            Self::Csv(_) => "csv",
            Self::Tiingo(_) => "tiingo",
        }
    }

    async fn bars(
        &self,
        symbol: &Symbol,
        since: Option<Day>,
        deadline: Deadline,
    ) -> Result<Bars, MarketDataError> {
        match self {
            Self::Csv(csv) => csv.bars(symbol, since, deadline).await,
            Self::Tiingo(tiingo) => tiingo.bars(symbol, since, deadline).await,
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
        since: Option<Day>,
        deadline: Deadline,
    ) -> Result<Fetched, MarketDataError> {
        // The first provider is the preferred one, so its error is reported.
        let mut first_error = None;
        for (place, provider) in self.0.iter().enumerate() {
            match provider.bars(symbol, since, deadline).await {
                Ok(bars) => {
                    return Ok(Fetched { bars, provider: provider.name(), is_fallback: place > 0 });
                }
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
