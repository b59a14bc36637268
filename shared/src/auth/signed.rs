//! Signed webhooks as callers.

use http::StatusCode;

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
            Problem::new(StatusCode::UNAUTHORIZED, "invalid_signature", detail).because(error)
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
