//! Signing keys, derived for each use from the secrets in `SIGNING_KEYS`.

use aws_lc_rs::{hkdf, hmac};
use secrecy::{ExposeSecret, SecretString};

use crate::config::{self, ConfigError};

const VARIABLE: &str = "SIGNING_KEYS";
const MIN_LENGTH: usize = 32;

/// The keys of one use, e.g. `cursor`, newest first. The first one signs, all verify.
#[derive(Debug, Clone)]
pub struct SigningKeys(Vec<hmac::Key>);

impl SigningKeys {
    /// From `SIGNING_KEYS`: secrets of at least 32 bytes, newest first, separated by commas. From
    /// each secret, a key for `label` is derived (HKDF-SHA256).
    pub fn from_env(label: &'static str) -> Result<Self, ConfigError> {
        Self::derive(&config::secrets(VARIABLE)?, label)
    }

    /// Like [`from_env`](Self::from_env), from given secrets.
    pub fn derive(secrets: &[SecretString], label: &str) -> Result<Self, ConfigError> {
        secrets.iter().map(|secret| derived(secret, label)).collect::<Result<_, _>>().map(Self)
    }

    /// The first 16 bytes of the HMAC-SHA256 with the newest key; `None` without a key.
    pub fn sign(&self, message: &[u8]) -> Option<[u8; 16]> {
        self.0.first().map(|key| truncated(key, message))
    }

    /// True when one of the keys made this tag. Tags are compared in constant time.
    pub fn verify(&self, message: &[u8], tag: &[u8]) -> bool {
        self.0.iter().any(|key| {
            aws_lc_rs::constant_time::verify_slices_are_equal(&truncated(key, message), tag).is_ok()
        })
    }
}

fn derived(secret: &SecretString, label: &str) -> Result<hmac::Key, ConfigError> {
    let secret = secret.expose_secret().as_bytes();
    if secret.len() < MIN_LENGTH {
        return Err(ConfigError::invalid(VARIABLE, "each secret needs at least 32 bytes"));
    }
    let extracted = hkdf::Salt::new(hkdf::HKDF_SHA256, &[]).extract(secret);
    extracted
        .expand(&[label.as_bytes()], hmac::HMAC_SHA256)
        .map(hmac::Key::from)
        .map_err(|_| ConfigError::invalid(VARIABLE, "no key can be derived"))
}

fn truncated(key: &hmac::Key, message: &[u8]) -> [u8; 16] {
    let tag = hmac::sign(key, message);
    let mut short = [0; 16];
    short.copy_from_slice(&tag.as_ref()[..16]);
    short
}
