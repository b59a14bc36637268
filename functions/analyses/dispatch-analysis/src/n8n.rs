//! n8n: a signed webhook starts a workflow, and the workflow sends signed callbacks.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, Request, Response, StatusCode, header};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{decide::CallOutcome, ports::CallWorkflow};
use analyses::{Analysis, AnalysisId, Workflow};
use shared::{
    config::{self, ConfigError},
    deadline::Deadline,
    http_client::{HttpClient, Limits, TransportError},
    webhook::{self, WebhookKeys},
};

/// n8n normally responds at once. After a timeout the workflow may still have started.
const LIMITS: Limits = Limits { timeout: Duration::from_secs(15), max_body: 64 * 1024 };

/// The configured n8n.
#[derive(Debug)]
pub struct N8nConfig {
    /// `N8N_BASE_URL`: URL below which n8n serves its webhooks.
    pub base_url: String,
    /// `CALLBACK_URL`: URL of receive-callback.
    pub callback_url: String,
    /// `WEBHOOK_SECRETS`: secrets shared with n8n.
    pub keys: WebhookKeys,
}

impl N8nConfig {
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self {
            base_url: config::base_url("N8N_BASE_URL")?,
            callback_url: config::base_url("CALLBACK_URL")?,
            keys: WebhookKeys::from_env()?,
        })
    }
}

/// Calls the workflows of the configured n8n.
#[derive(Debug)]
pub struct N8n {
    config: N8nConfig,
    http: HttpClient,
}

impl N8n {
    pub fn new(config: N8nConfig, http: &HttpClient) -> Self {
        Self { config, http: http.clone() }
    }

    fn request(
        &self,
        workflow: &Workflow,
        analysis: &Analysis,
        now: Timestamp,
    ) -> Option<Request<Bytes>> {
        let message = Requested {
            r#type: "analysis.requested",
            analysis_id: analysis.id,
            symbol: &analysis.symbol,
            workflow: &workflow.name,
            parameters: &analysis.parameters,
            callback_url: &self.config.callback_url,
        };
        let body = Bytes::from(serde_json::to_vec(&message).ok()?);
        // The same for every attempt, so that n8n can recognise duplicates.
        let id = analysis.id.to_string();
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
    callback_url: &'a str,
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
            return CallOutcome::Unavailable {
                reason: "the request could not be built",
                http_status: None,
            };
        };
        match self.http.send(request, LIMITS, deadline).await {
            Ok(response) => outcome(&response),
            Err(TransportError::Timeout(_)) => {
                CallOutcome::Unavailable { reason: "timed out", http_status: None }
            }
            Err(_) => CallOutcome::Unavailable { reason: "could not connect", http_status: None },
        }
    }
}

#[derive(Deserialize)]
struct Acceptance {
    #[serde(rename = "executionId")]
    execution_id: String,
}

/// Only a 202 with an execution id proves that a workflow runs: n8n returns 200 for one that never
/// reached its response node, and 404 for one that is not active.
fn outcome(response: &Response<Bytes>) -> CallOutcome {
    let status = response.status();
    let http_status = Some(status.as_u16());
    match status {
        StatusCode::ACCEPTED => match serde_json::from_slice::<Acceptance>(response.body()) {
            Ok(Acceptance { execution_id }) if !execution_id.is_empty() => {
                CallOutcome::Accepted { execution_id }
            }
            _ => {
                CallOutcome::Unavailable { reason: "accepted without an execution id", http_status }
            }
        },
        StatusCode::NOT_FOUND => {
            CallOutcome::Unavailable { reason: "the workflow is not active", http_status }
        }
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS => {
            CallOutcome::Unavailable { reason: "rate limited or asked to retry later", http_status }
        }
        _ if status.is_success() => {
            CallOutcome::Unavailable { reason: "responded without accepting", http_status }
        }
        _ if status.is_server_error() => {
            CallOutcome::Unavailable { reason: "n8n returned a server error", http_status }
        }
        _ => CallOutcome::Refused { http_status: status.as_u16() },
    }
}
