//! How the outside fails. These know no HTTP; one `From` for each turns it into a problem.

use http::StatusCode;

use crate::problem::Problem;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// The database did not do what was asked. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the store cannot be reached")]
    Unavailable(#[source] Source),
    #[error("the store took too long")]
    Timeout(#[source] Source),
    /// A decision was made on a version that is gone.
    #[error("the version is gone")]
    Stale,
    /// The user's token is no longer good there.
    #[error("the store refused the caller's token")]
    Unauthorized,
    /// A rule of the database, with its stable code.
    #[error("the store refused: {code}")]
    Refused { code: String, detail: String },
    #[error("the store gave an unexpected answer")]
    Unexpected(#[source] Source),
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Self::upstream_unavailable().because(error),
            StoreError::Timeout(_) => {
                let detail = "A system behind this one took too long. Try again.";
                Self::new(StatusCode::GATEWAY_TIMEOUT, "upstream_timeout", detail).because(error)
            }
            StoreError::Stale => Self::new(
                StatusCode::PRECONDITION_FAILED,
                "stale_version",
                "Somebody else changed this. Read it again.",
            ),
            StoreError::Unauthorized => {
                Self::unauthorized("invalid_token", "The access token is not valid any more. Sign in again.")
            }
            StoreError::Refused { ref code, ref detail } => match refusal(code) {
                Some((status, code)) => Self::new(status, code, detail.clone()),
                None => Self::internal(error),
            },
            StoreError::Unexpected(_) => Self::internal(error),
        }
    }
}

/// The rules of the database that a caller can run into.
fn refusal(code: &str) -> Option<(StatusCode, &'static str)> {
    Some(match code {
        "stock_not_found" => (StatusCode::NOT_FOUND, "stock_not_found"),
        "analysis_not_found" => (StatusCode::NOT_FOUND, "analysis_not_found"),
        "workflow_not_found" => (StatusCode::NOT_FOUND, "workflow_not_found"),
        "workflow_disabled" => (StatusCode::CONFLICT, "workflow_disabled"),
        _ => return None,
    })
}
