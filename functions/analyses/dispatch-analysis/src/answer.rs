//! The answers of n8n to a call of a workflow.

use analyses::ExecutionId;
use http::StatusCode;
use serde::Deserialize;

use crate::decide::{CallFailure, CallOutcome};

/// What an answer says about the workflow. `body` is `None` when it is too long.
pub(crate) fn answered(status: StatusCode, body: Option<&[u8]>) -> CallOutcome {
    match status {
        // n8n sends it for a workflow that ended before it reached its response node.
        StatusCode::OK if body.is_some_and(|body| body.trim_ascii().is_empty()) => {
            let detail = "The workflow answered 200 with an empty body: it ended before its \
                          Respond to Webhook node.";
            CallOutcome::Unavailable(failure(status, detail.to_owned()))
        }
        _ if status.is_success() => CallOutcome::Accepted {
            execution_id: body.and_then(execution_id),
            http_status: status.as_u16(),
        },
        StatusCode::BAD_REQUEST | StatusCode::GONE | StatusCode::UNPROCESSABLE_ENTITY => {
            CallOutcome::Refused(failure(status, explain(status)))
        }
        StatusCode::NOT_FOUND => CallOutcome::Unavailable(not_found(body.unwrap_or_default())),
        _ => CallOutcome::Unavailable(failure(status, explain(status))),
    }
}

#[derive(Deserialize)]
struct Acceptance {
    #[serde(rename = "executionId", alias = "execution_id")]
    execution_id: ExecutionId,
}

/// A *Respond to Webhook* node that sends its incoming items wraps the object in a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum Accepted {
    Bare(Acceptance),
    Wrapped([Acceptance; 1]),
}

fn execution_id(body: &[u8]) -> Option<ExecutionId> {
    match serde_json::from_slice(body).ok()? {
        Accepted::Bare(acceptance) | Accepted::Wrapped([acceptance]) => {
            Some(acceptance.execution_id)
        }
    }
}

/// The error body of n8n.
#[derive(Deserialize)]
struct N8nError {
    message: String,
}

/// A 404 of n8n names the webhook that is not registered; that of another server does not.
fn not_found(body: &[u8]) -> CallFailure {
    let message = serde_json::from_slice(body).map(|N8nError { message }| message);
    let message = message.unwrap_or_default();
    let detail = if message.contains("not registered for POST") {
        "The workflow answered 404: its Webhook node does not take POST requests."
    } else if message.contains("not registered") {
        "n8n answered 404: no active workflow has this webhook path. Activate the workflow, or \
         correct its path."
    } else {
        let detail = "The address answered 404, but not as n8n does for a webhook. Check \
                      N8nBaseUrl, which ends with /webhook.";
        return failure(StatusCode::NOT_FOUND, detail.to_owned());
    };
    CallFailure { cause: "not_registered", ..failure(StatusCode::NOT_FOUND, detail.to_owned()) }
}

fn failure(status: StatusCode, detail: String) -> CallFailure {
    CallFailure { cause: "answered", detail, http_status: Some(status.as_u16()), retry_after: None }
}

/// What happened, and where to look.
fn explain(status: StatusCode) -> String {
    let advice = match status.as_u16() {
        300..=399 => "Redirects are not followed: check N8nBaseUrl.",
        400 | 410 | 422 => "It rejected the request: its executions in n8n show why.",
        401 | 403 => "Check the webhook secret, and the authentication of its Webhook node.",
        408 | 425 | 429 => "It is asked again later.",
        502..=504 => "Check that n8n runs, and the proxy in front of it.",
        500..=599 => "Its executions in n8n show the error.",
        _ => "Check N8nBaseUrl, and the proxy in front of n8n.",
    };
    format!("The workflow answered {}. {advice}", status.as_u16())
}
