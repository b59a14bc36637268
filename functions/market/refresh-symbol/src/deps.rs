//! The dependencies of refresh-symbol.

use shared::{
    config::{ConfigError, SupabaseConfig},
    http_client::HttpClient,
};

use crate::{config::ProvidersConfig, providers::Providers, store::RefreshStore};

/// Stocks and their bars, and the providers of market data.
#[derive(Debug)]
pub struct Deps<S, M> {
    pub store: S,
    pub market: M,
}

impl Deps<RefreshStore, Providers> {
    pub fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        let store = RefreshStore::new(&SupabaseConfig::secret()?, http);
        Ok(Self { store, market: Providers::new(ProvidersConfig::from_env()?, http) })
    }
}
