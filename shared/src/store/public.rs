//! Reading what is the same for everyone, through the sandbox's cache.
//!
//! The cache is private to this module, and nothing in it takes a token: a row that belongs to someone cannot get there.

use http::{HeaderValue, Request};
use postgrest::Builder;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    CachePolicy, SecondLevel,
    cache::Cache,
    rest::{Rest, into_request, parse},
};
use crate::{
    cached::Cached,
    config::{self, ConfigError},
    http_client::HttpClient,
    store::StoreError,
};

/// `PostgREST` as `anon`.
#[derive(Debug)]
pub struct PublicReads {
    rest: Rest,
    cache: Cache,
}

impl PublicReads {
    /// At `SUPABASE_READ_URL`, else at `SUPABASE_URL`, with `SUPABASE_PUBLISHABLE_KEY`.
    pub fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        let primary = config::base_url("SUPABASE_URL")?;
        let rest = Rest::anon_at(&config::base_url_or("SUPABASE_READ_URL", &primary)?, http)?;
        Ok(Self { rest, cache: Cache::new(CachePolicy::from_env()?, SecondLevel::from_env()?) })
    }

    pub fn new(rest: Rest, keep: CachePolicy, second: Option<SecondLevel>) -> Self {
        Self { rest, cache: Cache::new(keep, second) }
    }

    /// A query on a table or view.
    pub fn table(&self, name: &'static str) -> Builder {
        self.rest.table(name)
    }

    /// The rows of a query.
    pub async fn rows<T: DeserializeOwned>(&self, query: Builder) -> Result<Cached<Vec<T>>, StoreError> {
        self.answer(query).await
    }

    /// What a query, or a function that answers no rows, answers.
    pub async fn answer<T: DeserializeOwned>(&self, query: Builder) -> Result<Cached<T>, StoreError> {
        let request = into_request(query)?;
        let key = key(&request);
        self.cache.read(&key, || self.rest.answer(request)).await?.try_map(|body| parse(&body))
    }

    /// A query on what a function of the database answers, which must only read.
    pub fn function(&self, name: &'static str, arguments: &impl Serialize) -> Result<Builder, StoreError> {
        self.rest.function(name, arguments)
    }

    /// Whether the store answers, now.
    pub async fn answers(&self, query: Builder) -> bool {
        self.rest.rows::<serde::de::IgnoredAny>(query).await.is_ok()
    }
}

/// The query, whatever the order of its parameters: all of it, as `limit` is a header and a function's arguments are a body.
fn key(request: &Request<bytes::Bytes>) -> String {
    let mut parameters: Vec<&str> = request.uri().query().unwrap_or_default().split('&').collect();
    parameters.sort_unstable();
    let address = request.uri().path();
    let mut headers: Vec<(&str, &HeaderValue)> =
        request.headers().iter().map(|(name, value)| (name.as_str(), value)).collect();
    headers.sort_unstable();
    let host = request.uri().host().unwrap_or_default();
    let mut key = format!("{} {host}{address}?{}", request.method(), parameters.join("&"));
    for (name, value) in headers {
        key.extend([" ", name, ":", &String::from_utf8_lossy(value.as_bytes())]);
    }
    key.extend([" ", &String::from_utf8_lossy(request.body())]);
    key
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn key_of(query: &str, limit: &str, arguments: &'static str) -> String {
        let address = format!("https://example.com/rest/v1/stock_metrics?{query}");
        key(&Request::post(address).header("range", limit).body(Bytes::from_static(arguments.as_bytes())).unwrap())
    }

    #[test]
    fn the_order_of_its_parameters_does_not_change_a_query() {
        assert_eq!(key_of("select=*&rsi_14=lt.30", "0-50", ""), key_of("rsi_14=lt.30&select=*", "0-50", ""));
    }

    #[test]
    fn whatever_changes_the_answer_changes_the_key() {
        let all = [
            key_of("symbol=eq.IBM", "0-50", ""),
            key_of("symbol=eq.SPX", "0-50", ""),
            key_of("symbol=eq.IBM", "0-51", ""),
            key_of("symbol=eq.IBM", "0-50", "{}"),
        ];
        let different: std::collections::HashSet<&String> = all.iter().collect();
        assert_eq!(different.len(), all.len(), "{all:?}");
    }
}
