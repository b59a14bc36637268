//! Environment variables. A function does not start with a missing or invalid one. The error has
//! its name, never its value.

mod supabase;

use std::{env, str::FromStr};

use secrecy::SecretString;

pub use supabase::{DatabaseRole, SupabaseConfig};

/// Why a function cannot start.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("the environment variable {0} is not set")]
    Missing(&'static str),
    #[error("the environment variable {name} is invalid: {reason}")]
    Invalid { name: &'static str, reason: String },
    #[error("could not configure TLS")]
    Tls(#[source] crate::Error),
}

impl ConfigError {
    /// A variable that is set but cannot be used. `reason` must not contain its value.
    pub fn invalid(name: &'static str, reason: impl Into<String>) -> Self {
        Self::Invalid { name, reason: reason.into() }
    }
}

/// The text of a variable. An empty one counts as not set: a template can only leave it empty.
pub fn optional(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// The text of a variable that must be set.
pub fn required(name: &'static str) -> Result<String, ConfigError> {
    optional(name).ok_or(ConfigError::Missing(name))
}

/// The parsed value of a variable, if it is set.
pub fn parsed<T: FromStr>(name: &'static str) -> Result<Option<T>, ConfigError>
where
    T::Err: ToString,
{
    let Some(text) = optional(name) else { return Ok(None) };
    text.parse().map(Some).map_err(|error: T::Err| ConfigError::invalid(name, error.to_string()))
}

/// A base URL without a query: `https`, or `http` to a loopback host; a trailing slash is dropped.
pub fn base_url(name: &'static str) -> Result<String, ConfigError> {
    optional_base_url(name)?.ok_or(ConfigError::Missing(name))
}

/// Like [`base_url`], but `None` if the variable is not set.
pub fn optional_base_url(name: &'static str) -> Result<Option<String>, ConfigError> {
    let Some(value) = optional(name) else { return Ok(None) };
    let uri: http::Uri =
        value.parse().map_err(|_| ConfigError::invalid(name, "it is not a URL"))?;
    let has_user = uri.authority().is_some_and(|it| it.as_str().contains('@'));
    if has_user || value.contains(['?', '#']) || !is_safe_target(&uri) {
        let reason = "it must be https, or http to a loopback host; without user and query";
        return Err(ConfigError::invalid(name, reason));
    }
    Ok(Some(value.trim_end_matches('/').to_owned()))
}

/// True when requests may go there: they are encrypted, or stay on this machine.
pub(crate) fn is_safe_target(uri: &http::Uri) -> bool {
    match (uri.scheme_str(), uri.host()) {
        (Some("https"), Some(_)) => true,
        (Some("http"), Some(host)) => is_loopback(host),
        _ => false,
    }
}

/// True when a host is this machine.
pub fn is_loopback(host: &str) -> bool {
    matches!(host, "127.0.0.1" | "localhost" | "[::1]")
}

/// A list of secrets separated by commas, newest first: the first signs, all verify.
pub(crate) fn secrets(name: &'static str) -> Result<Vec<SecretString>, ConfigError> {
    Ok(required(name)?.split(',').map(|secret| SecretString::from(secret.trim())).collect())
}
