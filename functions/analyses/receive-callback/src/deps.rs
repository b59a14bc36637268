//! The dependencies of the function.

use analyses::{AnalysisStore, CallbackTokens};
use shared::{
    config::{ConfigError, SupabaseConfig},
    http_client::HttpClient,
};

/// The log of analyses, and the tokens of their runs.
#[derive(Debug)]
pub struct Deps<L> {
    pub log: L,
    pub tokens: CallbackTokens,
}

impl Deps<AnalysisStore> {
    pub fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        let log = AnalysisStore::new(&SupabaseConfig::secret()?, http);
        Ok(Self { log, tokens: CallbackTokens::from_env()? })
    }
}
