//! Signs and verifies webhooks, according to Standard Webhooks (`webhook-id`, `webhook-timestamp`,
//! `webhook-signature`).
//!
//! The signature is an HMAC-SHA256 of the bytes `<id>.<timestamp>.<body>`.

use std::str::FromStr;

use aws_lc_rs::hmac;
use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use crate::config::{self, ConfigError};

/// The header with the id of the message, the same for every delivery.
pub const ID: &str = "webhook-id";
/// The header with the instant of sending, in seconds since 1970.
pub const TIMESTAMP: &str = "webhook-timestamp";
/// The header with one or more signatures, separated by spaces.
pub const SIGNATURE: &str = "webhook-signature";

const VARIABLE: &str = "WEBHOOK_SECRETS";
const TOLERANCE_SECONDS: u64 = 5 * 60;
const VERSION: &str = "v1,";

/// Why a signature was rejected. The reason is logged; callers get the same text for all reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    #[error("a webhook header is missing")]
    MissingHeader,
    #[error("the webhook timestamp is not an integer")]
    InvalidTimestamp,
    #[error("the webhook timestamp is more than five minutes in the past or future")]
    OutsideTolerance,
    #[error("no webhook signature matches")]
    NoMatch,
}

/// The three headers of a message.
#[derive(Debug, Clone, Copy)]
pub struct SignedHeaders<'a> {
    pub id: &'a str,
    pub timestamp: &'a str,
    pub signature: &'a str,
}

/// The secrets shared with n8n, newest first. All sign and all verify, so that the two sides can
/// replace a secret one after the other, in any order.
#[derive(Debug)]
pub struct WebhookKeys(Vec<hmac::Key>);

impl WebhookKeys {
    /// From `WEBHOOK_SECRETS`, newest first, separated by commas. Each is `whsec_` and the base64
    /// of 24 to 64 bytes.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::parse(&config::secrets(VARIABLE)?)
    }

    /// Like [`from_env`](Self::from_env), from given secrets.
    pub fn parse(secrets: &[SecretString]) -> Result<Self, ConfigError> {
        secrets.iter().map(key).collect::<Result<_, _>>().map(Self)
    }

    /// The `webhook-signature` of a message: one for each secret. `None` without a secret.
    pub fn sign(&self, id: &str, sent_at: Timestamp, body: &[u8]) -> Option<String> {
        let timestamp = sent_at.as_second().to_string();
        let signatures = self.0.iter().map(|key| {
            let tag = hmac_of(key, id, &timestamp, body).sign();
            format!("{VERSION}{}", BASE64_STANDARD.encode(tag))
        });
        Some(signatures.collect::<Vec<_>>().join(" ")).filter(|all| !all.is_empty())
    }

    /// Checks that one of our secrets signed exactly these bytes. The timestamp must be at most
    /// five minutes from `now`.
    pub fn verify(
        &self,
        headers: SignedHeaders<'_>,
        body: &[u8],
        now: Timestamp,
    ) -> Result<(), SignatureError> {
        let sent_at =
            i64::from_str(headers.timestamp).map_err(|_| SignatureError::InvalidTimestamp)?;
        if sent_at.abs_diff(now.as_second()) > TOLERANCE_SECONDS {
            return Err(SignatureError::OutsideTolerance);
        }
        let given: Vec<Vec<u8>> = headers
            .signature
            .split(' ')
            .filter_map(|one| BASE64_STANDARD.decode(one.strip_prefix(VERSION)?).ok())
            .collect();
        let ours = self.0.iter().any(|key| {
            let expected = hmac_of(key, headers.id, headers.timestamp, body).sign();
            given.iter().any(|tag| {
                aws_lc_rs::constant_time::verify_slices_are_equal(expected.as_ref(), tag).is_ok()
            })
        });
        if ours { Ok(()) } else { Err(SignatureError::NoMatch) }
    }
}

fn key(secret: &SecretString) -> Result<hmac::Key, ConfigError> {
    let encoded = secret.expose_secret().strip_prefix("whsec_");
    let bytes = encoded
        .and_then(|text| BASE64_STANDARD.decode(text).ok())
        .filter(|bytes| (24..=64).contains(&bytes.len()));
    let bytes = bytes.ok_or_else(|| {
        ConfigError::invalid(VARIABLE, "each must be whsec_ and the base64 of 24 to 64 bytes")
    })?;
    Ok(hmac::Key::new(hmac::HMAC_SHA256, &bytes))
}

fn hmac_of(key: &hmac::Key, id: &str, timestamp: &str, body: &[u8]) -> hmac::Context {
    let mut context = hmac::Context::with_key(key);
    for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
        context.update(part);
    }
    context
}
