//! Errors of the store. They do not depend on HTTP; one `From` turns them into problems.

use http::{StatusCode, header};

use crate::problem::Problem;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// A request to the store failed. After `Unavailable`, `Timeout` and `Unexpected` a write may have
/// been committed; after the others nothing changed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the store is unavailable")]
    Unavailable(#[source] Source),
    #[error("the store timed out")]
    Timeout(#[source] Source),
    /// The version has changed since it was read.
    #[error("the version has changed")]
    Stale,
    /// The user has used up a quota.
    #[error("the quota of the user is used up")]
    QuotaExceeded { detail: String, retry_after_seconds: u32 },
    /// The store no longer accepts the token of the user.
    #[error("the store rejected the token of the caller")]
    Unauthorized,
    /// A rule of the database rejected the request. The code is stable.
    #[error("the store rejected the request: {code}")]
    Refused { code: String, detail: String },
    #[error("the response of the store is malformed or unexpected")]
    Unexpected(#[source] Source),
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Self::upstream_unavailable().because(error),
            StoreError::Timeout(_) => {
                let detail = "A dependency timed out. Try again.";
                Self::new(StatusCode::GATEWAY_TIMEOUT, "upstream_timeout", detail).because(error)
            }
            StoreError::Stale => Self::stale_version(),
            StoreError::QuotaExceeded { detail, retry_after_seconds } => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, "quota_exceeded", detail)
                    .with_header(header::RETRY_AFTER, retry_after_seconds.into())
            }
            StoreError::Unauthorized => Self::unauthorized(
                "invalid_token",
                "The access token is no longer valid. Sign in again.",
            ),
            // The function that can get a refusal handles it. One that gets here is a fault of
            // ours.
            StoreError::Refused { .. } | StoreError::Unexpected(_) => Self::internal(error),
        }
    }
}
