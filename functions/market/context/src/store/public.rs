//! Reads of public data, through the cache of the process.
//!
//! Only this module uses the cache, and none of its functions takes a token. So the cache cannot
//! contain a row of a user.

use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderValue, Request};
use serde::{Serialize, de::DeserializeOwned};
use shared::{
    cached::Cached,
    config::SupabaseConfig,
    deadline::Deadline,
    http_client::HttpClient,
    store::{Query, Rest, StoreError, parse},
};

use super::cache::{Cache, CacheConfig, is_busy};

/// Attempts of a request that the database refuses while others take all slots for expensive ones.
const ATTEMPTS: u32 = 3;
/// The least pause before another attempt, about as long as an expensive request.
const PAUSE: Duration = Duration::from_millis(50);

/// `PostgREST` as `anon`.
#[derive(Debug)]
pub(super) struct PublicReads {
    rest: Rest,
    cache: Cache,
}

impl PublicReads {
    pub(super) fn new(supabase: &SupabaseConfig, cache: CacheConfig, http: &HttpClient) -> Self {
        Self { rest: Rest::new(supabase, http), cache: Cache::new(cache) }
    }

    /// A query on a table or view.
    pub(super) fn table(&self, name: &'static str) -> Query {
        self.rest.table(name)
    }

    /// The rows of a query.
    pub(super) async fn rows<T: DeserializeOwned>(
        &self,
        query: Query,
        deadline: Deadline,
    ) -> Result<Cached<Vec<T>>, StoreError> {
        self.read(query, deadline).await
    }

    /// The result of a query, or of a function that returns one JSON value.
    pub(super) async fn read<T: DeserializeOwned>(
        &self,
        query: Query,
        deadline: Deadline,
    ) -> Result<Cached<T>, StoreError> {
        let request = self.rest.request(query)?;
        let key = key(&request);
        match self.cache.read(&key, deadline, || self.load(request, deadline)).await {
            Err(error) if is_busy(&error) => Err(StoreError::Unavailable(error.into())),
            loaded => loaded?.try_map(|body| parse(&body)),
        }
    }

    /// The response of the store.
    async fn load(&self, request: Request<Bytes>, deadline: Deadline) -> Result<Bytes, StoreError> {
        for _ in 1..ATTEMPTS {
            let pause = PAUSE + PAUSE.mul_f64(random());
            match self.rest.public(request.clone(), deadline).await {
                Err(error) if is_busy(&error) && deadline.has(pause) => {
                    tokio::time::sleep(pause).await;
                }
                loaded => return loaded,
            }
        }
        self.rest.public(request, deadline).await
    }

    /// A query on the result of a function of the database. The function must only read.
    pub(super) fn function(
        &self,
        name: &'static str,
        arguments: &impl Serialize,
    ) -> Result<Query, StoreError> {
        self.rest.function(name, arguments)
    }
}

/// From 0 to 1, different for each call.
fn random() -> f64 {
    f64::from(u16::try_from(RandomState::new().hash_one(()) >> 48).unwrap_or(0)) / 65536.0
}

/// The cache key: the whole request. `limit` is a header, and the arguments of a function are the
/// body. The order of parameters does not matter.
fn key(request: &Request<Bytes>) -> String {
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
    use super::*;

    fn key_of(query: &str, limit: &str, arguments: &'static str) -> String {
        let address = format!("https://example.com/rest/v1/stock_metrics?{query}");
        key(&Request::post(address)
            .header("range", limit)
            .body(Bytes::from_static(arguments.as_bytes()))
            .unwrap())
    }

    #[test]
    fn the_order_of_its_parameters_does_not_change_a_query() {
        assert_eq!(
            key_of("select=*&rsi_14=lt.30", "0-50", ""),
            key_of("rsi_14=lt.30&select=*", "0-50", "")
        );
    }

    #[test]
    fn any_difference_in_the_request_changes_the_key() {
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
