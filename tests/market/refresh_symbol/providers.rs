//! The providers of bars, against a server with canned responses.

mod csv;
mod feeds;
mod order;
mod rows;
mod server;
mod tiingo;

use refresh_symbol::{
    ProviderConfig, ProvidersConfig, Wanted,
    ports::{Fetched, MarketData, MarketDataError},
    providers::Providers,
};
use shared::deadline::Deadline;

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
    let providers = Providers::new(ProvidersConfig { providers }, &server::http());
    providers.bars(&symbol.parse().unwrap(), wanted, Deadline::default()).await
}
