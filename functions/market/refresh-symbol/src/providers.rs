//! Market-data providers, asked in the configured order until one has bars.
//!
//! What a provider answers is hostile until proved otherwise: size and time are capped, and every row is parsed and checked.

mod csv;
mod fetch;
mod tiingo;

use crate::ports::{Fetched, MarketData, MarketDataError};
use market::{Bars, Day, Symbol};
use shared::{
    config::{self, ConfigError},
    http_client::HttpClient,
};

pub use self::{csv::Csv, tiingo::Tiingo};

/// One source of bars.
#[derive(Debug)]
pub enum Provider {
    Csv(Csv),
    Tiingo(Tiingo),
}

impl Provider {
    fn name(&self) -> &'static str {
        match self {
            Self::Csv(_) => "csv",
            Self::Tiingo(_) => "tiingo",
        }
    }

    async fn bars(&self, symbol: &Symbol, since: Option<Day>) -> Result<Bars, MarketDataError> {
        match self {
            Self::Csv(csv) => csv.bars(symbol, since).await,
            Self::Tiingo(tiingo) => tiingo.bars(symbol, since).await,
        }
    }
}

/// The configured providers, in order.
#[derive(Debug)]
pub struct Providers(Vec<Provider>);

impl Providers {
    /// Those named in `MARKET_DATA_PROVIDERS`, separated by commas: `tiingo`, `csv`.
    pub fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        const VARIABLE: &str = "MARKET_DATA_PROVIDERS";
        let provider = |name: &str| match name {
            "csv" => Csv::from_env(http).map(Provider::Csv),
            "tiingo" => Tiingo::from_env(http).map(Provider::Tiingo),
            _ => Err(ConfigError::invalid(VARIABLE, "the known providers are: csv, tiingo")),
        };
        config::required(VARIABLE)?.split(',').map(str::trim).map(provider).collect::<Result<_, _>>().map(Self)
    }

    pub fn new(providers: Vec<Provider>) -> Self {
        Self(providers)
    }
}

impl MarketData for Providers {
    async fn bars(&self, symbol: &Symbol, since: Option<Day>) -> Result<Fetched, MarketDataError> {
        // The first provider is the one that should have answered: its error is the one to tell.
        let mut first_error = None;
        for (place, provider) in self.0.iter().enumerate() {
            match provider.bars(symbol, since).await {
                Ok(bars) => return Ok(Fetched { bars, provider: provider.name(), is_fallback: place > 0 }),
                Err(error) => {
                    tracing::warn!(provider = provider.name(), provider.error = error.code(), "a provider has no bars");
                    first_error.get_or_insert(error);
                }
            }
        }
        Err(first_error.unwrap_or_else(|| MarketDataError::Unavailable("no provider is configured".to_owned())))
    }
}
