//! The only HTTP client of the project: HTTP/1.1 with keep-alive, Mozilla's root certificates, and
//! limits on every call.

use std::error::Error as StdError;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode, Uri, uri::Authority};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};

use crate::{
    config::{self, ConfigError},
    deadline::Deadline,
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Shorter than the idle limits of load balancers, so that a reused connection is still open.
const IDLE_TIMEOUT: Duration = Duration::from_secs(50);

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
    Connect(#[source] hyper_util::client::legacy::Error),
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
        Some(ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof) => Some("reset"),
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

/// Sends requests over persistent connections. Clones share them. Redirects are not followed.
#[derive(Clone, Debug)]
pub struct HttpClient {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
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
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .build(https);
        Ok(Self { client, private: None })
    }

    /// Also sends `http` requests to the host of this URL, which is in a private network.
    #[must_use]
    pub fn trusting(&self, url: &Uri) -> Self {
        Self { private: url.authority().cloned(), ..self.clone() }
    }

    /// Sends a request and reads the whole response, within the limits and before the deadline. A
    /// response with any status is a success.
    ///
    /// # Errors
    /// There is no complete response; see [`TransportError`].
    pub async fn send(
        &self,
        request: Request<Bytes>,
        limits: Limits,
        deadline: Deadline,
    ) -> Result<Response<Bytes>, TransportError> {
        let is_private =
            self.private.is_some() && self.private.as_ref() == request.uri().authority();
        if !is_private && !config::is_safe_target(request.uri()) {
            return Err(TransportError::Insecure);
        }
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
        let response = self.client.request(request.map(Full::new)).await.map_err(unsent)?;
        let (head, body) = response.into_parts();
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

fn unsent(error: hyper_util::client::legacy::Error) -> TransportError {
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
