//! The dependencies of refresh-symbol.

use shared::{
    config::{ConfigError, SupabaseConfig},
    http_client::HttpClient,
};

use crate::{
    config::ProvidersConfig,
    providers::{Providers, StoredCalls},
    store::RefreshStore,
};

/// Stocks and their bars, and the providers of market data.
#[derive(Debug)]
pub struct Deps<S, M> {
    pub store: S,
    pub market: M,
}

impl Deps<RefreshStore, Providers<StoredCalls>> {
    pub fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        let supabase = SupabaseConfig::secret()?;
        let calls = StoredCalls::new(&supabase, http);
        let config = ProvidersConfig::from_env()?;
        let store = RefreshStore::new(&supabase, config.benchmark.symbol.clone(), http);
        Ok(Self { store, market: Providers::new(config, calls, http) })
    }
}
