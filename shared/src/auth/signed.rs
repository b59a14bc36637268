//! Signed webhooks as callers.

use http::{HeaderValue, header};
use serde::Deserialize;
use uuid::Uuid;

use super::prove::{Credentials, Prove};
use crate::{
    deadline::Deadline,
    problem::Problem,
    webhook::{ID, SIGNATURE, SignatureError, SignedHeaders, TIMESTAMP, WebhookKeys},
};

/// The sender of a webhook with a valid signature.
#[derive(Debug, Clone)]
pub struct Signed {
    webhook_id: String,
}

impl Signed {
    /// The id of the message. It is the same for every delivery.
    pub fn webhook_id(&self) -> &str {
        &self.webhook_id
    }

    /// Logs a refused message, if its body names an analysis. Of the body, only this id is logged:
    /// the message may be anyone's.
    pub fn log_refusal(body: &[u8], problem: &Problem) {
        if let Ok(Named { analysis_id }) = serde_json::from_slice(body) {
            let (id, code) = (analysis_id.to_string(), problem.code());
            tracing::warn!(analysis.id = id, problem.code = code, "the webhook was refused");
        }
    }
}

#[derive(Deserialize)]
struct Named {
    analysis_id: Uuid,
}

impl Prove<Signed> for WebhookKeys {
    /// 413 for a body over the cap; such a body is not hashed. 401 `invalid_signature` when the
    /// signature is missing or invalid.
    async fn prove(&self, credentials: Credentials<'_>, _: Deadline) -> Result<Signed, Problem> {
        if credentials.body.len() > credentials.max_body {
            return Err(Problem::payload_too_large(credentials.max_body));
        }
        verified(self, credentials).map_err(|error| {
            let detail = "The webhook signature is missing or invalid.";
            let challenge = HeaderValue::from_static("Standard-Webhooks");
            let problem = Problem::unauthorized("invalid_signature", detail)
                .with_header(header::WWW_AUTHENTICATE, challenge);
            Signed::log_refusal(credentials.body, &problem);
            problem.because(error)
        })
    }
}

fn verified(keys: &WebhookKeys, credentials: Credentials<'_>) -> Result<Signed, SignatureError> {
    let headers = SignedHeaders {
        id: header(credentials, ID)?,
        timestamp: header(credentials, TIMESTAMP)?,
        signature: header(credentials, SIGNATURE)?,
    };
    keys.verify(headers, credentials.body, credentials.received_at)?;
    Ok(Signed { webhook_id: headers.id.to_owned() })
}

fn header<'r>(credentials: Credentials<'r>, name: &str) -> Result<&'r str, SignatureError> {
    let value = credentials.headers.get(name).and_then(|value| value.to_str().ok());
    value.filter(|value| !value.is_empty()).ok_or(SignatureError::MissingHeader)
}
