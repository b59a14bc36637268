//! One request to `PostgREST` and its answer.

use std::{fmt, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Request, header};
use postgrest::{Builder, Postgrest};
use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, de::DeserializeOwned};

use crate::store::refusal::refused;
use crate::{
    auth::AccessToken,
    config::{self, ConfigError},
    http_client::{HttpClient, Limits, TransportError},
    store::StoreError,
};

/// Longer than the database's own statement timeout, so that its answer is the one we get.
const LIMITS: Limits = Limits { timeout: Duration::from_secs(9), max_body: 16 * 1024 * 1024 };

/// `PostgREST`, with the rights of one API key of the project.
pub struct Rest {
    queries: Postgrest,
    key: HeaderValue,
    /// The key once more, when it is a legacy one: a token, whose role counts only as a bearer.
    bearer: Option<HeaderValue>,
    http: HttpClient,
}

impl fmt::Debug for Rest {
    /// The builder has no text of its own, and the key must have none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rest").finish_non_exhaustive()
    }
}

impl Rest {
    /// With `SUPABASE_PUBLISHABLE_KEY`: as `anon`, or as a user whose token goes along.
    pub fn anon(http: &HttpClient) -> Result<Self, ConfigError> {
        Self::with_key("SUPABASE_PUBLISHABLE_KEY", http)
    }

    /// As [`anon`](Self::anon), at another address than `SUPABASE_URL`.
    pub fn anon_at(supabase_url: &str, http: &HttpClient) -> Result<Self, ConfigError> {
        Ok(Self::new(supabase_url, key("SUPABASE_PUBLISHABLE_KEY")?, http))
    }

    /// With `SUPABASE_SECRET_KEY`: as `service_role`.
    pub fn service(http: &HttpClient) -> Result<Self, ConfigError> {
        Self::with_key("SUPABASE_SECRET_KEY", http)
    }

    fn with_key(variable: &'static str, http: &HttpClient) -> Result<Self, ConfigError> {
        let key = key(variable)?;
        Ok(Self::new(&config::base_url("SUPABASE_URL")?, key, http))
    }

    /// The project at `supabase_url`, with one of its API keys.
    pub fn new(supabase_url: &str, mut key: HeaderValue, http: &HttpClient) -> Self {
        key.set_sensitive(true);
        let bearer = key.to_str().ok().filter(|key| key.starts_with("eyJ")).and_then(bearer);
        Self { queries: Postgrest::new(format!("{supabase_url}/rest/v1")), key, bearer, http: http.clone() }
    }

    /// A query on a table or view.
    pub fn table(&self, name: &'static str) -> Builder {
        self.queries.from(name)
    }

    /// The rows of a query.
    pub async fn rows<T: DeserializeOwned>(&self, query: Builder) -> Result<Vec<T>, StoreError> {
        parse(&self.send(query, None).await?)
    }

    /// The rows of a query under a user's own rights, as JSON.
    pub async fn rows_of(&self, token: &AccessToken, query: Builder) -> Result<Bytes, StoreError> {
        self.send(query, Some(token)).await
    }

    /// A query on what a function of the database answers.
    pub fn function(&self, name: &'static str, arguments: &impl Serialize) -> Result<Builder, StoreError> {
        Ok(self.queries.rpc(name, to_json(arguments)?))
    }

    /// What the store says to nobody in particular.
    pub async fn answer(&self, request: Request<Bytes>) -> Result<Bytes, StoreError> {
        self.exchange(request, None).await
    }

    /// Calls a function of the database.
    pub async fn call<T: DeserializeOwned>(
        &self,
        function: &'static str,
        arguments: &impl Serialize,
    ) -> Result<T, StoreError> {
        parse(&self.send(self.function(function, arguments)?, None).await?)
    }

    /// Calls a function that answers nothing.
    pub async fn run(&self, function: &'static str, arguments: &impl Serialize) -> Result<(), StoreError> {
        self.send(self.function(function, arguments)?, None).await.map(drop)
    }

    /// Calls a function whose arguments are megabytes. Told their names, `PostgREST` hands them on without parsing them itself.
    pub async fn call_whole(
        &self,
        function: &'static str,
        names: &'static str,
        arguments: &impl Serialize,
    ) -> Result<(), StoreError> {
        let mut request = into_request(self.function(function, arguments)?)?;
        let address = format!("{}?columns={names}", request.uri());
        *request.uri_mut() =
            address.parse().map_err(|error: http::uri::InvalidUri| StoreError::Unexpected(error.into()))?;
        self.exchange(request, None).await.map(drop)
    }

    async fn send(&self, query: Builder, token: Option<&AccessToken>) -> Result<Bytes, StoreError> {
        self.exchange(into_request(query)?, token).await
    }

    async fn exchange(&self, mut request: Request<Bytes>, token: Option<&AccessToken>) -> Result<Bytes, StoreError> {
        let headers = request.headers_mut();
        headers.insert("apikey", self.key.clone());
        let rights = match token {
            Some(token) => Some(bearer(token.expose_secret()).ok_or(StoreError::Unauthorized)?),
            None => self.bearer.clone(),
        };
        headers.extend(rights.map(|rights| (header::AUTHORIZATION, rights)));
        let response = self.http.send(request, LIMITS).await.map_err(unreached)?;
        if response.status().is_success() {
            Ok(response.into_body())
        } else {
            Err(refused(response.status(), response.body(), token.is_some()))
        }
    }
}

/// `None` for what cannot be sent in a header.
fn bearer(token: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(format!("Bearer {token}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// An API key of the project.
fn key(variable: &'static str) -> Result<HeaderValue, ConfigError> {
    let secret = SecretString::from(config::required(variable)?);
    let key = HeaderValue::from_str(secret.expose_secret());
    key.map_err(|_| ConfigError::invalid(variable, "it cannot be sent in a header"))
}

/// What the builder made, for our own client. Its HTTP types are of an older generation.
pub(super) fn into_request(query: Builder) -> Result<Request<Bytes>, StoreError> {
    let built = query.build().build().map_err(|error| StoreError::Unexpected(error.without_url().into()))?;
    let mut request = Request::builder().method(built.method().as_str()).uri(built.url().as_str());
    for (name, value) in built.headers() {
        request = request.header(name.as_str(), value.as_bytes());
    }
    let body = built.body().and_then(|body| body.as_bytes()).map(Bytes::copy_from_slice).unwrap_or_default();
    request.body(body).map_err(|error| StoreError::Unexpected(error.into()))
}

fn to_json(arguments: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(arguments).map_err(|error| StoreError::Unexpected(error.into()))
}

pub fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(body).map_err(|error| StoreError::Unexpected(error.into()))
}

/// Quotes a value for a list or a logical condition, where commas and parentheses would end it.
pub fn quoted(value: impl fmt::Display) -> String {
    format!("\"{}\"", value.to_string().replace('\\', "\\\\").replace('"', "\\\""))
}

fn unreached(error: TransportError) -> StoreError {
    match error {
        TransportError::Timeout(_) => StoreError::Timeout(error.into()),
        _ => StoreError::Unavailable(error.into()),
    }
}
