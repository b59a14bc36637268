//! Reading what is the same for everyone.

use postgrest::Builder;
use serde::{Serialize, de::DeserializeOwned};

use super::rest::Rest;
use crate::{adapters::http_client::HttpClient, config::ConfigError, fresh::Fresh, ports::StoreError};

/// `PostgREST` as `anon`. No token goes along, so that nothing it answers can belong to someone.
#[derive(Debug)]
pub(super) struct PublicReads(Rest);

impl PublicReads {
    /// At `SUPABASE_URL`, with `SUPABASE_PUBLISHABLE_KEY`.
    pub(super) fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        Rest::anon(http).map(Self)
    }

    /// A query on a table or view.
    pub(super) fn table(&self, name: &'static str) -> Builder {
        self.0.table(name)
    }

    /// The rows of a query.
    pub(super) async fn rows<T: DeserializeOwned>(&self, query: Builder) -> Result<Fresh<Vec<T>>, StoreError> {
        self.0.rows(query).await.map(Fresh::read)
    }

    /// Calls a function of the database that only reads.
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        function: &'static str,
        arguments: &impl Serialize,
    ) -> Result<Fresh<T>, StoreError> {
        self.0.call(function, arguments).await.map(Fresh::read)
    }

    /// Whether the store answers, now.
    pub(super) async fn answers(&self, query: Builder) -> bool {
        self.0.rows::<serde::de::IgnoredAny>(query).await.is_ok()
    }
}
