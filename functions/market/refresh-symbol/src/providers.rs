//! Providers of market data, tried in the configured order until one returns bars. The benchmark
//! has a provider of its own: another one may have another stock of the same symbol.
//!
//! Responses of providers are untrusted: size and time are capped, and every row is judged
//! (`rows.rs`). All sandboxes share the rate and the daily budget of a provider.

mod calls;
mod csv;
mod fetch;
mod tiingo;

use std::time::Duration;

use market::Symbol;
use shared::{deadline::Deadline, http_client::HttpClient, telemetry};

use crate::{
    config::{BenchmarkConfig, Budget, ProviderConfig, ProvidersConfig},
    ports::{Fetched, MarketData, MarketDataError, ProviderCalls, Retry},
    providers::{csv::Csv, tiingo::Tiingo},
    rows::{Judged, Wanted},
};

pub use calls::StoredCalls;

/// The minimum time for another attempt.
const LEAST: Duration = Duration::from_secs(1);
/// Before the second and the third attempt.
const PAUSES: [Duration; 2] = [Duration::from_millis(250), Duration::from_secs(1)];

#[derive(Debug)]
struct Provider {
    budget: Budget,
    adapter: Adapter,
}

#[derive(Debug)]
enum Adapter {
    Csv(Csv),
    Tiingo(Tiingo),
}

impl Provider {
    fn new(config: ProviderConfig, http: &HttpClient) -> Self {
        let budget = config.budget();
        let adapter = match config {
            ProviderConfig::Csv(config) => Adapter::Csv(Csv::new(config, http)),
            ProviderConfig::Tiingo(config) => Adapter::Tiingo(Tiingo::new(config, http)),
        };
        Self { budget, adapter }
    }
}

impl Adapter {
    fn fetched(&self, Judged { bars, rejected }: Judged, is_fallback: bool) -> Fetched {
        let provider = self.name();
        if let Some(rows) = &rejected {
            tracing::warn!(
                provider,
                rows.rejected = rows.count,
                rows.clipped = rows.clipped,
                "a provider sent rows that were set aside or clipped"
            );
        }
        Fetched { bars, rejected, provider, is_fallback }
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

/// The configured providers, in order, and their calls.
#[derive(Debug)]
pub struct Providers<C> {
    in_order: Vec<Provider>,
    benchmark: BenchmarkConfig,
    calls: C,
}

impl<C: ProviderCalls> Providers<C> {
    pub fn new(config: ProvidersConfig, calls: C, http: &HttpClient) -> Self {
        let ProvidersConfig { providers, benchmark } = config;
        let providers = providers.into_iter().map(|provider| Provider::new(provider, http));
        Self { in_order: providers.collect(), benchmark, calls }
    }

    /// The providers that are tried for this symbol, in order.
    fn of(&self, symbol: &Symbol) -> impl Iterator<Item = &Provider> {
        let BenchmarkConfig { symbol: benchmark, provider } = &self.benchmark;
        let only = (symbol == benchmark).then_some(provider);
        self.in_order.iter().filter(move |it| only.is_none_or(|name| name == it.adapter.name()))
    }

    /// The bars of one provider. Temporary errors are retried twice.
    async fn bars_of(
        &self,
        Provider { budget, adapter }: &Provider,
        symbol: &Symbol,
        wanted: Wanted,
        deadline: Deadline,
    ) -> Result<Judged, MarketDataError> {
        let mut pauses = PAUSES.into_iter();
        loop {
            self.take(adapter.name(), *budget, deadline).await?;
            match adapter.bars(symbol, wanted, deadline).await {
                Err(MarketDataError::Unavailable(reason)) => match pauses.next() {
                    Some(pause) if deadline.has(pause + LEAST) => tokio::time::sleep(pause).await,
                    _ => return Err(MarketDataError::Unavailable(reason)),
                },
                Err(MarketDataError::RateLimited(retry)) => {
                    self.pause(adapter.name(), retry, deadline).await;
                    return Err(MarketDataError::RateLimited(retry));
                }
                settled => return settled,
            }
        }
    }

    async fn take(
        &self,
        provider: &'static str,
        budget: Budget,
        deadline: Deadline,
    ) -> Result<(), MarketDataError> {
        match self.calls.take(provider, budget, deadline).await {
            Ok(None) => Ok(()),
            Ok(Some(at)) => Err(MarketDataError::RateLimited(Retry::At(at))),
            // Without a count there is no call: it might exceed the budget.
            Err(error) => {
                let cause = telemetry::chain(&error);
                tracing::warn!(provider, store.cause = cause, "could not count a call");
                Err(MarketDataError::Unavailable("its calls cannot be counted".to_owned()))
            }
        }
    }

    async fn pause(&self, provider: &'static str, retry: Retry, deadline: Deadline) {
        if let Err(error) = self.calls.pause(provider, retry, deadline).await {
            let cause = telemetry::chain(&error);
            tracing::warn!(provider, store.cause = cause, "could not pause a provider");
        }
    }
}

impl<C: ProviderCalls> MarketData for Providers<C> {
    async fn bars(
        &self,
        symbol: &Symbol,
        wanted: Wanted,
        deadline: Deadline,
    ) -> Result<Fetched, MarketDataError> {
        // The first provider is the preferred one, so its error is reported.
        let mut first_error = None;
        for (place, provider) in self.of(symbol).enumerate() {
            let adapter = &provider.adapter;
            match self.bars_of(provider, symbol, wanted, deadline).await {
                Ok(judged) => return Ok(adapter.fetched(judged, place > 0)),
                Err(error) => {
                    tracing::warn!(
                        provider = adapter.name(),
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
