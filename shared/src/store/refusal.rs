//! What an error of `PostgREST` means.

use http::StatusCode;
use serde::Deserialize;

use crate::store::StoreError;

/// `PostgREST`'s error body. Its message may repeat values, so only codes go on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ErrorBody {
    code: String,
    message: String,
    details: Option<String>,
}

#[derive(Debug, thiserror::Error)]
#[error("PostgREST answered {status} with the code {code:?}")]
struct Unaccepted {
    status: StatusCode,
    code: String,
}

/// `has_token`: whether it was asked under the rights of a caller.
pub(super) fn refused(status: StatusCode, body: &[u8], has_token: bool) -> StoreError {
    let ErrorBody { code, message, details } = serde_json::from_slice(body).unwrap_or_default();
    // `raise sqlstate 'PT404' using message = '<code>', detail = '<sentence>'` in our own
    // functions.
    if code.starts_with("PT") {
        return match message.as_str() {
            "stale_version" => StoreError::Stale,
            _ => StoreError::Refused { code: message, detail: details.unwrap_or_default() },
        };
    }
    let cause = Box::new(Unaccepted { status, code });
    match (status, cause.code.as_str()) {
        // A statement that ran out of time is a 500 here, and no bug.
        (_, "57014") | (StatusCode::GATEWAY_TIMEOUT, _) => StoreError::Timeout(cause),
        // Without a token of the caller's, it is our own key that is not taken.
        (StatusCode::UNAUTHORIZED, code) if has_token && code.starts_with("PGRST3") => {
            StoreError::Unauthorized
        }
        (StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE, _) => {
            StoreError::Unavailable(cause)
        }
        // Not an error of PostgREST, but of what stands before it: hosted projects answer 520 to
        // 526 when it is not reached.
        (status, "") if status.is_server_error() => StoreError::Unavailable(cause),
        _ => StoreError::Unexpected(cause),
    }
}
