//! The providers of bars, against a server with canned responses.

mod calls;
mod csv;
mod feeds;
mod order;
mod rows;
mod server;
mod tiingo;

use refresh_symbol::{
    BenchmarkConfig, ProviderConfig, ProvidersConfig, Wanted,
    ports::{Fetched, MarketData, MarketDataError},
    providers::Providers,
};
use shared::deadline::Deadline;

use calls::Calls;

/// These providers; the benchmark is SPX of the provider `csv`.
fn config(providers: Vec<ProviderConfig>) -> ProvidersConfig {
    let (symbol, provider) = ("SPX".parse().unwrap(), "csv".to_owned());
    ProvidersConfig { providers, benchmark: BenchmarkConfig { symbol, provider } }
}

/// The bars of IBM from these providers, in this order.
async fn fetch(
    providers: Vec<ProviderConfig>,
    since: Option<market::Day>,
) -> Result<Fetched, MarketDataError> {
    fetch_symbol("IBM", providers, since).await
}

async fn fetch_symbol(
    symbol: &str,
    providers: Vec<ProviderConfig>,
    since: Option<market::Day>,
) -> Result<Fetched, MarketDataError> {
    let wanted = Wanted { since, today: "2024-06-28".parse().unwrap() };
    fetch_wanted(symbol, providers, wanted).await
}

async fn fetch_wanted(
    symbol: &str,
    providers: Vec<ProviderConfig>,
    wanted: Wanted,
) -> Result<Fetched, MarketDataError> {
    let providers = Providers::new(config(providers), Calls::default(), &server::http());
    providers.bars(&symbol.parse().unwrap(), wanted, Deadline::default()).await
}

/// The whole history of IBM, with calls that are counted there.
async fn fetch_with(
    calls: &Calls,
    providers: Vec<ProviderConfig>,
) -> Result<Fetched, MarketDataError> {
    let providers = Providers::new(config(providers), calls.clone(), &server::http());
    let wanted = Wanted { since: None, today: "2024-06-28".parse().unwrap() };
    providers.bars(&"IBM".parse().unwrap(), wanted, Deadline::default()).await
}
