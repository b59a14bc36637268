//! Requests to `PostgREST`.

use std::{fmt, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Request, header};
use postgrest::{Builder, Postgrest};
use secrecy::ExposeSecret;
use serde::{Serialize, de::DeserializeOwned};

use crate::store::refusal::refused;
use crate::{
    auth::AccessToken,
    config::{DatabaseRole, SupabaseConfig},
    deadline::Deadline,
    http_client::{HttpClient, Idempotent, Limits, TransportError},
    store::StoreError,
};

/// The timeout of a request of `service_role`; those of users have less time.
pub const TIMEOUT: Duration = DatabaseRole::Service.timeout();
const MAX_BODY: usize = 16 * 1024 * 1024;

/// `PostgREST`, with the rights of one key of the project.
pub struct Rest {
    queries: Postgrest,
    key: HeaderValue,
    role: DatabaseRole,
    /// A legacy key is a token. `PostgREST` reads its role only from `Authorization`.
    bearer: Option<HeaderValue>,
    http: HttpClient,
}

impl fmt::Debug for Rest {
    /// The builder has no `Debug`, and the key must not be printed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rest").finish_non_exhaustive()
    }
}

impl Rest {
    /// A client for a project, with one of its keys.
    pub fn new(config: &SupabaseConfig, http: &HttpClient) -> Self {
        let mut key = config.key.clone();
        key.set_sensitive(true);
        let bearer = key.to_str().ok().filter(|key| key.starts_with("eyJ")).and_then(bearer);
        Self {
            queries: Postgrest::new(format!("{}/rest/v1", config.url)),
            key,
            role: config.role,
            bearer,
            http: http.clone(),
        }
    }

    /// A query on a table or view.
    pub fn table(&self, name: &'static str) -> Builder {
        self.queries.from(name)
    }

    /// The rows of a query.
    pub async fn rows<T: DeserializeOwned>(
        &self,
        query: Builder,
        deadline: Deadline,
    ) -> Result<Vec<T>, StoreError> {
        parse(&self.send(query, None, deadline).await?)
    }

    /// The rows of a query with the rights of a user, as JSON.
    pub async fn rows_of(
        &self,
        token: &AccessToken,
        query: Builder,
        deadline: Deadline,
    ) -> Result<Bytes, StoreError> {
        self.send(query, Some(token), deadline).await
    }

    /// A query on the result of a function of the database.
    pub fn function(
        &self,
        name: &'static str,
        arguments: &impl Serialize,
    ) -> Result<Builder, StoreError> {
        let arguments = serde_json::to_string(arguments);
        Ok(self.queries.rpc(name, arguments.map_err(|error| StoreError::Unexpected(error.into()))?))
    }

    /// The request of a query, without the token of a user. Equal queries have equal requests. The
    /// builder uses HTTP types of an older version.
    pub fn request(&self, query: Builder) -> Result<Request<Bytes>, StoreError> {
        let built = query
            .build()
            .build()
            .map_err(|error| StoreError::Unexpected(error.without_url().into()))?;
        let (method, url) = (built.method().as_str(), built.url().as_str());
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in built.headers() {
            request = request.header(name.as_str(), value.as_bytes());
        }
        let body = built.body().and_then(|body| body.as_bytes());
        request
            .body(body.map(Bytes::copy_from_slice).unwrap_or_default())
            .map_err(|error| StoreError::Unexpected(error.into()))
    }

    /// The response to a [`request`](Self::request) that may be sent twice, as one that only reads.
    pub async fn public(
        &self,
        mut request: Request<Bytes>,
        deadline: Deadline,
    ) -> Result<Bytes, StoreError> {
        request.extensions_mut().insert(Idempotent);
        self.exchange(request, None, deadline).await
    }

    /// Calls a function of the database.
    pub async fn call<T: DeserializeOwned>(
        &self,
        function: &'static str,
        arguments: &impl Serialize,
        deadline: Deadline,
    ) -> Result<T, StoreError> {
        parse(&self.send(self.function(function, arguments)?, None, deadline).await?)
    }

    /// Calls a function that has the same effect and result when it is called twice.
    pub async fn call_idempotent<T: DeserializeOwned>(
        &self,
        function: &'static str,
        arguments: &impl Serialize,
        deadline: Deadline,
    ) -> Result<T, StoreError> {
        let request = self.request(self.function(function, arguments)?)?;
        parse(&self.public(request, deadline).await?)
    }

    /// Calls a function without a result.
    pub async fn run(
        &self,
        function: &'static str,
        arguments: &impl Serialize,
        deadline: Deadline,
    ) -> Result<(), StoreError> {
        self.send(self.function(function, arguments)?, None, deadline).await.map(drop)
    }

    /// Calls a function with megabytes of arguments. Because `names` is sent as `columns`,
    /// `PostgREST` does not parse the arguments.
    pub async fn call_whole(
        &self,
        function: &'static str,
        names: &'static str,
        arguments: &impl Serialize,
        deadline: Deadline,
    ) -> Result<(), StoreError> {
        let mut request = self.request(self.function(function, arguments)?)?;
        let address = format!("{}?columns={names}", request.uri());
        *request.uri_mut() = address
            .parse()
            .map_err(|error: http::uri::InvalidUri| StoreError::Unexpected(error.into()))?;
        self.exchange(request, None, deadline).await.map(drop)
    }

    async fn send(
        &self,
        query: Builder,
        token: Option<&AccessToken>,
        deadline: Deadline,
    ) -> Result<Bytes, StoreError> {
        self.exchange(self.request(query)?, token, deadline).await
    }

    async fn exchange(
        &self,
        mut request: Request<Bytes>,
        token: Option<&AccessToken>,
        deadline: Deadline,
    ) -> Result<Bytes, StoreError> {
        let headers = request.headers_mut();
        headers.insert("apikey", self.key.clone());
        let rights = match token {
            Some(token) => Some(bearer(token.expose_secret()).ok_or(StoreError::Unauthorized)?),
            None => self.bearer.clone(),
        };
        headers.extend(rights.map(|rights| (header::AUTHORIZATION, rights)));
        let role = if token.is_some() { DatabaseRole::Authenticated } else { self.role };
        let limits = Limits { timeout: role.timeout(), max_body: MAX_BODY };
        let response = self.http.send(request, limits, deadline).await.map_err(unreached)?;
        if response.status().is_success() {
            Ok(response.into_body())
        } else {
            Err(refused(response.status(), response.body(), token.is_some()))
        }
    }
}

/// `None` when the token cannot be sent in a header.
fn bearer(token: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(format!("Bearer {token}")).ok()?;
    value.set_sensitive(true);
    Some(value)
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
