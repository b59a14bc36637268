//! n8n: workflows are started by signed webhooks, and answer with signed callbacks.

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
    http_client::{HttpClient, Limits, TransportError},
    webhook::{self, WebhookKeys},
};

/// n8n answers at once when it is well; a slow one may still have started the workflow.
const LIMITS: Limits = Limits { timeout: Duration::from_secs(15), max_body: 64 * 1024 };

/// The one configured n8n.
#[derive(Debug)]
pub struct N8n {
    base_url: String,
    callback_url: String,
    keys: WebhookKeys,
    http: HttpClient,
}

impl N8n {
    /// Webhooks below `N8N_BASE_URL`, signed with `WEBHOOK_SECRETS`; reports come to `CALLBACK_URL`.
    pub fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        Ok(Self {
            base_url: config::base_url("N8N_BASE_URL")?,
            callback_url: config::base_url("CALLBACK_URL")?,
            keys: WebhookKeys::from_env()?,
            http: http.clone(),
        })
    }

    fn request(&self, workflow: &Workflow, analysis: &Analysis, now: Timestamp) -> Option<Request<Bytes>> {
        let message = Requested {
            r#type: "analysis.requested",
            analysis_id: analysis.id,
            symbol: &analysis.symbol,
            workflow: &workflow.name,
            parameters: &analysis.parameters,
            callback_url: &self.callback_url,
        };
        let body = Bytes::from(serde_json::to_vec(&message).ok()?);
        // The same for every attempt: that is how n8n can tell a repetition.
        let id = analysis.id.to_string();
        let mut request = Request::post(format!("{}/{}", self.base_url, workflow.webhook_path))
            .header(header::CONTENT_TYPE, "application/json")
            .header(webhook::SIGNATURE, self.keys.sign(&id, now, &body)?)
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
    async fn call(&self, workflow: &Workflow, analysis: &Analysis, now: Timestamp) -> CallOutcome {
        let Some(request) = self.request(workflow, analysis, now) else {
            return CallOutcome::Unavailable { reason: "the call cannot be made", http_status: None };
        };
        match self.http.send(request, LIMITS).await {
            Ok(response) => judge(&response),
            Err(TransportError::Timeout(_)) => {
                CallOutcome::Unavailable { reason: "no answer in time", http_status: None }
            }
            Err(_) => CallOutcome::Unavailable { reason: "no connection", http_status: None },
        }
    }
}

#[derive(Deserialize)]
struct Acceptance {
    #[serde(rename = "executionId")]
    execution_id: String,
}

/// Only 202 with an execution id proves that a workflow runs: n8n says 200 for one that never reached its answer, and 404 for one
/// that is not active yet.
fn judge(response: &Response<Bytes>) -> CallOutcome {
    let status = response.status();
    let http_status = Some(status.as_u16());
    match status {
        StatusCode::ACCEPTED => match serde_json::from_slice::<Acceptance>(response.body()) {
            Ok(Acceptance { execution_id }) if !execution_id.is_empty() => CallOutcome::Accepted { execution_id },
            _ => CallOutcome::Unavailable { reason: "accepted without an execution id", http_status },
        },
        StatusCode::NOT_FOUND => CallOutcome::Unavailable { reason: "the workflow is not active", http_status },
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS => {
            CallOutcome::Unavailable { reason: "asked to come later", http_status }
        }
        _ if status.is_success() => CallOutcome::Unavailable { reason: "answered without accepting", http_status },
        _ if status.is_server_error() => CallOutcome::Unavailable { reason: "failed", http_status },
        _ => CallOutcome::Refused { http_status: status.as_u16() },
    }
}
