//! The URL of a Supabase project, and one of its keys.

use std::time::Duration;

use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use super::{ConfigError, base_url, optional_base_url, required};

/// URL and key of a project.
#[derive(Debug, Clone)]
pub struct SupabaseConfig {
    /// `SUPABASE_URL`, or `SUPABASE_READ_URL` for reads of market data: URL of the project.
    pub url: String,
    /// `SUPABASE_PUBLISHABLE_KEY`, or `SUPABASE_SECRET_KEY` for functions that write.
    pub key: HeaderValue,
    /// The role of requests with this key and no token.
    pub role: DatabaseRole,
}

/// A role of the API in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseRole {
    Anon,
    Authenticated,
    Service,
}

impl DatabaseRole {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Anon => "anon",
            Self::Authenticated => "authenticated",
            Self::Service => "service_role",
        }
    }

    /// The limit of one request: a second longer than the `statement_timeout` of the role, so that
    /// we get the error of the database.
    pub const fn timeout(self) -> Duration {
        Duration::from_secs(match self {
            Self::Anon => 3,
            Self::Authenticated => 5,
            Self::Service => 9,
        })
    }
}

impl SupabaseConfig {
    /// The publishable key. Requests run as `anon`, or as the user whose token is sent too.
    pub fn publishable() -> Result<Self, ConfigError> {
        let key = key("SUPABASE_PUBLISHABLE_KEY")?;
        Ok(Self { url: base_url("SUPABASE_URL")?, key, role: DatabaseRole::Anon })
    }

    /// Like [`publishable`](Self::publishable), with the URL of the read replica if there is one.
    pub fn replica() -> Result<Self, ConfigError> {
        let primary = Self::publishable()?;
        let url = optional_base_url("SUPABASE_READ_URL")?.unwrap_or(primary.url);
        Ok(Self { url, ..primary })
    }

    /// The secret key. Requests run as `service_role`.
    pub fn secret() -> Result<Self, ConfigError> {
        let key = key("SUPABASE_SECRET_KEY")?;
        Ok(Self { url: base_url("SUPABASE_URL")?, key, role: DatabaseRole::Service })
    }
}

fn key(variable: &'static str) -> Result<HeaderValue, ConfigError> {
    let secret = SecretString::from(required(variable)?);
    let mut key = HeaderValue::from_str(secret.expose_secret())
        .map_err(|_| ConfigError::invalid(variable, "it cannot be sent in a header"))?;
    key.set_sensitive(true);
    Ok(key)
}
