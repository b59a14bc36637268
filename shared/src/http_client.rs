//! The only HTTP client of the project: HTTP/1.1 with keep-alive, Mozilla's root certificates, and
//! limits on every call.

mod pool;
#[cfg(test)]
mod tests;

use std::error::Error as StdError;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, header, uri::Authority,
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::{Error as ClientError, connect::HttpConnector};
use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};

use self::pool::Pool;
use crate::config::{self, ConfigError};
use crate::deadline::Deadline;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const USER_AGENT: HeaderValue =
    HeaderValue::from_static(concat!("bellwether/", env!("CARGO_PKG_VERSION")));

/// Upper bounds of one call.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// From the start of the call to the last byte of the response.
    pub timeout: Duration,
    /// The longest accepted body, in bytes.
    pub max_body: usize,
}

/// Why there is no response. The texts of the error and of its sources never contain the URL.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    #[error("the target is neither https nor a loopback host")]
    Insecure,
    #[error("the connection could not be opened")]
    Connect(#[source] ClientError),
    #[error("the connection was lost")]
    Broken(#[source] Box<dyn StdError + Send + Sync>),
    #[error("timed out after {0:?}")]
    Timeout(Duration),
    #[error("the response is longer than {max} bytes")]
    TooLong { status: StatusCode, max: usize },
}

impl TransportError {
    /// The cause by name: `refused`, `dns`, `tls`, `reset`, `timeout`, `too_long`, `insecure`, or
    /// `connect` for any other reason why the connection could not be opened.
    pub fn cause(&self) -> &'static str {
        match self {
            Self::Insecure => "insecure",
            Self::Timeout(_) => "timeout",
            Self::TooLong { .. } => "too_long",
            Self::Connect(error) => name_of(error).unwrap_or("connect"),
            Self::Broken(error) => name_of(&**error).unwrap_or("reset"),
        }
    }
}

/// The name of the first error in the chain that has one.
fn name_of(error: &(dyn StdError + 'static)) -> Option<&'static str> {
    let io = error.downcast_ref::<io::Error>();
    match io.map(io::Error::kind) {
        Some(ErrorKind::ConnectionRefused) => Some("refused"),
        Some(ErrorKind::TimedOut) => Some("timeout"),
        Some(
            ErrorKind::BrokenPipe
            | ErrorKind::ConnectionAborted
            | ErrorKind::ConnectionReset
            | ErrorKind::UnexpectedEof,
        ) => Some("reset"),
        _ if error.is::<rustls::Error>() => Some("tls"),
        // The type of this error is private.
        _ if error.to_string() == "dns error" => Some("dns"),
        // The source of an I/O error is that of the error in it.
        _ => match io.and_then(io::Error::get_ref) {
            Some(inner) => name_of(inner),
            None => error.source().and_then(name_of),
        },
    }
}

/// An extension of a `POST` that has the same effect when it is received twice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Idempotent;

/// Sends requests over persistent connections. Clones share them. Redirects are not followed.
#[derive(Clone, Debug)]
pub struct HttpClient {
    pool: Pool,
    /// Besides loopback hosts, `http` requests go to this host only.
    private: Option<Authority>,
}

impl HttpClient {
    /// Prepares TLS, which takes CPU time: call it once, at the start. It opens no connection.
    ///
    /// # Errors
    /// The TLS library has no usable protocol version.
    pub fn new() -> Result<Self, ConfigError> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
        let https = HttpsConnectorBuilder::new()
            .with_tls_config(tls().map_err(|error| ConfigError::Tls(error.into()))?)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        Ok(Self { pool: Pool::new(https), private: None })
    }

    /// Also sends `http` requests to the host of this URL, which is in a private network.
    #[must_use]
    pub fn trusting(&self, url: &Uri) -> Self {
        Self { private: url.authority().cloned(), ..self.clone() }
    }

    /// Sends a request and reads the whole response, within the limits and before the deadline. A
    /// response with any status is a success. A `GET` or idempotent request that was sent on a
    /// dead connection of the pool is sent once more, on a new one.
    ///
    /// # Errors
    /// There is no complete response; see [`TransportError`].
    pub async fn send(
        &self,
        mut request: Request<Bytes>,
        limits: Limits,
        deadline: Deadline,
    ) -> Result<Response<Bytes>, TransportError> {
        let is_private =
            self.private.is_some() && self.private.as_ref() == request.uri().authority();
        if !is_private && !config::is_safe_target(request.uri()) {
            return Err(TransportError::Insecure);
        }
        request.headers_mut().insert(header::USER_AGENT, USER_AGENT);
        let timeout = limits.timeout.min(deadline.remaining());
        tokio::time::timeout(timeout, self.exchange(request, limits.max_body))
            .await
            .unwrap_or(Err(TransportError::Timeout(timeout)))
    }

    async fn exchange(
        &self,
        request: Request<Bytes>,
        max_body: usize,
    ) -> Result<Response<Bytes>, TransportError> {
        let again = is_idempotent(&request).then(|| request.clone());
        let mut connections = self.pool.at(SystemTime::now());
        let mut sent = connections.send(request).await;
        if let (Err(error), Some(again)) = (&sent, again)
            && let Some(others) = self.pool.instead_of(&connections, error)
        {
            connections = others;
            sent = connections.send(again).await;
        }
        let (head, body) = sent.map_err(unsent)?.into_parts();
        connections.answered(&head.extensions);
        let body = Limited::new(body, max_body).collect().await.map_err(|error| {
            if error.is::<LengthLimitError>() {
                TransportError::TooLong { status: head.status, max: max_body }
            } else {
                TransportError::Broken(error)
            }
        })?;
        Ok(Response::from_parts(head, body.to_bytes()))
    }
}

/// The time of `Retry-After`, in seconds or as a date. One that is not positive counts as none.
pub fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<SignedDuration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?;
    let wait = match text.parse() {
        Ok(seconds) => SignedDuration::from_secs(seconds),
        Err(_) => rfc2822::parse(text).ok()?.timestamp().duration_since(now),
    };
    wait.is_positive().then_some(wait)
}

fn is_idempotent(request: &Request<Bytes>) -> bool {
    request.method() == Method::GET || request.extensions().get::<Idempotent>().is_some()
}

fn unsent(error: ClientError) -> TransportError {
    if error.is_connect() {
        TransportError::Connect(error)
    } else {
        TransportError::Broken(error.into())
    }
}

fn tls() -> Result<ClientConfig, rustls::Error> {
    let roots = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect::<RootCertStore>();
    Ok(ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}
