//! The token in the URL for callbacks. It names the call that started a run, and only we can make
//! it: with it, a callback proves which run it is of.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use shared::{config::ConfigError, signing::SigningKeys};

use crate::AnalysisId;

/// Makes and reads the tokens.
#[derive(Debug, Clone)]
pub struct CallbackTokens(SigningKeys);

impl CallbackTokens {
    pub fn new(keys: SigningKeys) -> Self {
        Self(keys)
    }

    /// With a key derived from `SIGNING_KEYS`.
    pub fn from_env() -> Result<Self, ConfigError> {
        SigningKeys::from_env(Self::LABEL).map(Self)
    }

    /// The use that the key is derived for.
    pub const LABEL: &'static str = "callback";

    /// The token of a call, which can be a part of a URL.
    pub fn issue(&self, id: AnalysisId, attempt: u32) -> Option<String> {
        let tag = self.0.sign(signed(id, attempt).as_bytes())?;
        Some(format!("{attempt}.{}", BASE64_URL_SAFE_NO_PAD.encode(tag)))
    }

    /// The attempt that a token of this analysis names.
    pub fn attempt(&self, id: AnalysisId, token: &str) -> Option<u32> {
        let (attempt, tag) = token.split_once('.')?;
        let (attempt, tag) = (attempt.parse().ok()?, BASE64_URL_SAFE_NO_PAD.decode(tag).ok()?);
        self.0.verify(signed(id, attempt).as_bytes(), &tag).then_some(attempt)
    }
}

fn signed(id: AnalysisId, attempt: u32) -> String {
    format!("{id}/{attempt}")
}
