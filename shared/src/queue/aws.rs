//! Sets up AWS SDKs: configuration from the environment of Lambda, and our HTTP client.

use std::time::Duration;

use aws_sdk_sqs::config::{
    BehaviorVersion, Config, Credentials, IdentityCache, Region, StalledStreamProtectionConfig,
    timeout::TimeoutConfig,
};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use bytes::Bytes;

use crate::{
    config::{self, ConfigError},
    deadline::Deadline,
    http_client::{HttpClient, Limits, TransportError},
};

/// The size cap of responses. Those of the APIs in use are smaller; streams are not supported.
const MAX_BODY: usize = 1 << 20;
/// The timeout of one attempt, if the configuration of the SDK has none.
const TIMEOUT: Duration = Duration::from_secs(2);
/// The timeout of all attempts together. It is short because callers may wait, and unsent messages
/// are sent later.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(3);

/// Region, credentials and endpoint of AWS, from the environment of the function.
///
/// `aws-config` is not used: it also searches profiles and metadata services, which takes size and
/// time. Credentials are read once: Lambda starts a new process before they expire.
#[derive(Debug)]
pub(super) struct AwsConfig {
    /// `AWS_REGION`
    region: Region,
    /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`
    credentials: Credentials,
    /// `AWS_ENDPOINT_URL`: replaces AWS by an emulator.
    endpoint: Option<String>,
}

impl AwsConfig {
    pub(super) fn from_env() -> Result<Self, ConfigError> {
        let credentials = Credentials::new(
            config::required("AWS_ACCESS_KEY_ID")?,
            config::required("AWS_SECRET_ACCESS_KEY")?,
            config::optional("AWS_SESSION_TOKEN"),
            None,
            "environment",
        );
        let region = Region::new(config::required("AWS_REGION")?);
        Ok(Self { region, credentials, endpoint: config::optional("AWS_ENDPOINT_URL") })
    }

    /// The configuration of an SQS client.
    pub(super) fn sqs(&self, http: &HttpClient) -> Config {
        let mut builder = Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(self.region.clone())
            .credentials_provider(self.credentials.clone())
            .identity_cache(IdentityCache::no_cache())
            .timeout_config(TimeoutConfig::builder().operation_timeout(OPERATION_TIMEOUT).build())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .http_client(http_client(http.clone()));
        builder.set_endpoint_url(self.endpoint.clone());
        builder.build()
    }
}

/// Our HTTP client, in the form that an SDK needs.
fn http_client(client: HttpClient) -> SharedHttpClient {
    http_client_fn(move |settings, _components| {
        let timeout = settings.read_timeout().unwrap_or(TIMEOUT);
        let limits = Limits { timeout, max_body: MAX_BODY };
        SharedHttpConnector::new(Connector { client: client.clone(), limits })
    })
}

#[derive(Debug)]
struct Connector {
    client: HttpClient,
    limits: Limits,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (client, limits) = (self.client.clone(), self.limits);
        HttpConnectorFuture::new(async move { send(&client, request, limits).await })
    }
}

async fn send(
    client: &HttpClient,
    request: HttpRequest,
    limits: Limits,
) -> Result<HttpResponse, ConnectorError> {
    let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
    let (head, body) = request.into_parts();
    let Some(body) = body.bytes().map(Bytes::copy_from_slice) else {
        return Err(ConnectorError::user("a streamed body cannot be sent".into()));
    };
    let request = http::Request::from_parts(head, body);
    let deadline = Deadline::after(limits.timeout);
    let response = client.send(request, limits, deadline).await.map_err(connector_error)?;
    HttpResponse::try_from(response.map(Into::into))
        .map_err(|error| ConnectorError::other(error.into(), None))
}

/// The SDK decides by the kind of an error if it retries.
fn connector_error(error: TransportError) -> ConnectorError {
    match error {
        TransportError::Timeout(_) => ConnectorError::timeout(error.into()),
        TransportError::Connect(_) => ConnectorError::io(error.into()).never_connected(),
        TransportError::Broken(_) => ConnectorError::io(error.into()),
        TransportError::Insecure | TransportError::TooLong { .. } => {
            ConnectorError::user(error.into())
        }
    }
}
