//! Supabase: one project, reached with one of its keys.

use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use super::{ConfigError, base_url, optional_base_url, required};

/// How a project is reached.
#[derive(Debug, Clone)]
pub struct SupabaseConfig {
    /// `SUPABASE_URL`, or `SUPABASE_READ_URL` for market data: address of the project.
    pub url: String,
    /// `SUPABASE_PUBLISHABLE_KEY`, or `SUPABASE_SECRET_KEY` for functions that write.
    pub key: HeaderValue,
}

impl SupabaseConfig {
    /// The project with its publishable key: as `anon`, or as a user whose token is sent too.
    pub fn publishable() -> Result<Self, ConfigError> {
        Ok(Self { url: base_url("SUPABASE_URL")?, key: key("SUPABASE_PUBLISHABLE_KEY")? })
    }

    /// As [`publishable`](Self::publishable), at the address of the read replica when there is one.
    pub fn replica() -> Result<Self, ConfigError> {
        let primary = Self::publishable()?;
        let url = optional_base_url("SUPABASE_READ_URL")?.unwrap_or(primary.url);
        Ok(Self { url, key: primary.key })
    }

    /// The project with its secret key: as `service_role`.
    pub fn secret() -> Result<Self, ConfigError> {
        Ok(Self { url: base_url("SUPABASE_URL")?, key: key("SUPABASE_SECRET_KEY")? })
    }
}

fn key(variable: &'static str) -> Result<HeaderValue, ConfigError> {
    let secret = SecretString::from(required(variable)?);
    let mut key = HeaderValue::from_str(secret.expose_secret())
        .map_err(|_| ConfigError::invalid(variable, "it cannot be sent in a header"))?;
    key.set_sensitive(true);
    Ok(key)
}
