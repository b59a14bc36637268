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
        let market = Providers::new(ProvidersConfig::from_env()?, calls, http);
        Ok(Self { store: RefreshStore::new(&supabase, http), market })
    }
}
