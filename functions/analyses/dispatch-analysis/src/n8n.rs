//! n8n: a signed webhook starts a workflow, and the workflow sends signed callbacks.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, Request, Uri, header, uri::Authority};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::{
    answer::answered,
    decide::{CallFailure, CallOutcome},
    ports::CallWorkflow,
};
use analyses::{Analysis, AnalysisId, CallbackTokens, Workflow};
use shared::{
    config::{self, ConfigError},
    deadline::Deadline,
    http_client::{HttpClient, Limits, TransportError, retry_after},
    webhook::{self, WebhookKeys},
};

/// n8n normally responds at once. After a timeout the workflow may still have started.
pub const TIMEOUT: Duration = Duration::from_secs(15);
const LIMITS: Limits = Limits { timeout: TIMEOUT, max_body: 64 * 1024 };

const URL: &str = "N8N_BASE_URL";
const PRIVATE_URL: &str = "N8N_PRIVATE_URL";

/// The configured n8n.
#[derive(Debug)]
pub struct N8nConfig {
    /// `N8N_BASE_URL`, or `N8N_PRIVATE_URL`: URL below which n8n serves its webhooks.
    pub base_url: String,
    /// True for `N8N_PRIVATE_URL`: an `http` URL of a host in a private network.
    pub is_private: bool,
    /// `CALLBACK_URL`: URL of receive-callback.
    pub callback_url: String,
    /// `SIGNING_KEYS`: for the tokens of callbacks.
    pub tokens: CallbackTokens,
    /// `WEBHOOK_SECRETS`: secrets shared with n8n.
    pub keys: WebhookKeys,
}

impl N8nConfig {
    pub fn from_env() -> Result<Self, ConfigError> {
        let (base_url, is_private) = match (config::optional_base_url(URL)?, private_url()?) {
            (Some(url), None) => (url, false),
            (None, Some(url)) => (url, true),
            (None, None) => return Err(ConfigError::Missing(URL)),
            (Some(_), Some(_)) => {
                return Err(ConfigError::invalid(PRIVATE_URL, "N8N_BASE_URL is set, too"));
            }
        };
        Ok(Self {
            base_url,
            is_private,
            callback_url: config::base_url("CALLBACK_URL")?,
            tokens: CallbackTokens::from_env()?,
            keys: WebhookKeys::from_env()?,
        })
    }
}

/// An `http` URL without a query; the host may be any, as the operator says that it is private.
fn private_url() -> Result<Option<String>, ConfigError> {
    let Some(value) = config::optional(PRIVATE_URL) else { return Ok(None) };
    let url = value.parse::<Uri>().ok().filter(|url| url.scheme_str() == Some("http"));
    let host = url.as_ref().and_then(Uri::authority).map_or("@", Authority::as_str);
    if host.contains('@') || value.contains(['?', '#']) {
        let reason = "it must be an http URL without a user, a query or a fragment";
        return Err(ConfigError::invalid(PRIVATE_URL, reason));
    }
    Ok(Some(value.trim_end_matches('/').to_owned()))
}

/// Calls the workflows of the configured n8n.
#[derive(Debug)]
pub struct N8n {
    config: N8nConfig,
    http: HttpClient,
}

impl N8n {
    pub fn new(config: N8nConfig, http: &HttpClient) -> Self {
        let private = config.is_private.then(|| config.base_url.parse().ok()).flatten();
        let http = private.map_or_else(|| http.clone(), |url| http.trusting(&url));
        Self { config, http }
    }

    fn request(
        &self,
        workflow: &Workflow,
        analysis: &Analysis,
        now: Timestamp,
    ) -> Option<Request<Bytes>> {
        let token = self.config.tokens.issue(analysis.id, analysis.attempts)?;
        let message = Requested {
            r#type: "analysis.requested",
            analysis_id: analysis.id,
            symbol: &analysis.symbol,
            workflow: &workflow.name,
            parameters: &analysis.parameters,
            attempt: analysis.attempts,
            callback_url: format!("{}?token={token}", self.config.callback_url),
        };
        let body = Bytes::from(serde_json::to_vec(&message).ok()?);
        let id = webhook_id(analysis);
        let mut request =
            Request::post(format!("{}/{}", self.config.base_url, workflow.webhook_path))
                .header(header::CONTENT_TYPE, "application/json")
                .header(webhook::SIGNATURE, self.config.keys.sign(&id, now, &body)?)
                .header(webhook::TIMESTAMP, now.as_second())
                .header(webhook::ID, id);
        if let Some(trace) = &analysis.traceparent {
            request = request.header(HeaderName::from_static("traceparent"), trace.to_string());
        }
        request.body(body).ok()
    }
}

#[derive(Serialize)]
struct Requested<'a> {
    r#type: &'static str,
    analysis_id: AnalysisId,
    symbol: &'a str,
    workflow: &'a str,
    parameters: &'a RawValue,
    attempt: u32,
    callback_url: String,
}

/// The same for every attempt: it identifies the request, not the run. Another one after a redrive.
fn webhook_id(analysis: &Analysis) -> String {
    match analysis.earlier_attempts {
        0 => analysis.id.to_string(),
        earlier => format!("{}-{earlier}", analysis.id),
    }
}

impl CallWorkflow for N8n {
    async fn call(
        &self,
        workflow: &Workflow,
        analysis: &Analysis,
        now: Timestamp,
        deadline: Deadline,
    ) -> CallOutcome {
        let Some(request) = self.request(workflow, analysis, now) else {
            return no_answer("unsent", "The request could not be built.");
        };
        match self.http.send(request, LIMITS, deadline).await {
            Ok(response) => {
                let outcome = answered(response.status(), Some(response.body()));
                outcome.not_before(retry_after(response.headers(), now))
            }
            Err(TransportError::TooLong { status, .. }) => answered(status, None),
            Err(error) => no_answer(error.cause(), explain(&error)),
        }
    }
}

fn no_answer(cause: &'static str, detail: &str) -> CallOutcome {
    CallOutcome::Unavailable(CallFailure {
        cause,
        detail: detail.to_owned(),
        http_status: None,
        retry_after: None,
    })
}

/// What happened, and where to look.
fn explain(error: &TransportError) -> &'static str {
    match error.cause() {
        "refused" => "n8n refused the connection. Check that it runs, and the port in N8nBaseUrl.",
        "dns" => "The host name of n8n was not found. Check N8nBaseUrl.",
        "tls" => {
            "The TLS connection to n8n failed. Check its certificate, and https in N8nBaseUrl."
        }
        "reset" => "n8n closed the connection without an answer. Check its log.",
        "timeout" => {
            "n8n did not answer in time. Check its load, and that the workflow responds before it \
             works."
        }
        _ => "n8n could not be reached. Check N8nBaseUrl.",
    }
}
