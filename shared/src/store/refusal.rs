//! Turns error responses of `PostgREST` into errors of the store.

use http::StatusCode;
use serde::Deserialize;

use crate::store::StoreError;

/// The error body of `PostgREST`. Its texts are used only for errors that our own SQL functions
/// raise (`PT...`). For others only the code is logged, as the message may repeat values.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ErrorBody {
    code: String,
    message: String,
    details: Option<String>,
    hint: Option<String>,
}

/// `Retry-After` of a quota whose refusal has no valid hint, in seconds.
const DAY: u32 = 24 * 60 * 60;

#[derive(Debug, thiserror::Error)]
#[error("PostgREST returned {status} with the code {code:?}")]
struct Unaccepted {
    status: StatusCode,
    code: String,
}

/// `has_token` is true when the request was sent with the token of a user.
pub(super) fn refused(status: StatusCode, body: &[u8], has_token: bool) -> StoreError {
    let ErrorBody { code, message, details, hint } =
        serde_json::from_slice(body).unwrap_or_default();
    // `raise sqlstate 'PT404' using message = '<code>', detail = '<sentence>'` in our own
    // functions.
    if code.starts_with("PT") {
        return match message.as_str() {
            "stale_version" => StoreError::Stale,
            "quota_exceeded" => StoreError::QuotaExceeded {
                detail: details.unwrap_or_default(),
                retry_after_seconds: hint.and_then(|hint| hint.parse().ok()).unwrap_or(DAY),
            },
            _ => StoreError::Refused { code: message, detail: details.unwrap_or_default() },
        };
    }
    let cause = Box::new(Unaccepted { status, code });
    match (status, cause.code.as_str()) {
        // A statement timeout. PostgREST returns a 500 for it.
        (_, "57014") | (StatusCode::GATEWAY_TIMEOUT, _) => StoreError::Timeout(cause),
        // Only with the token of a user: without it, a 401 means that our own key was rejected.
        (StatusCode::UNAUTHORIZED, code) if has_token && code.starts_with("PGRST3") => {
            StoreError::Unauthorized
        }
        (StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE, _) => {
            StoreError::Unavailable(cause)
        }
        // An error of the proxy in front of PostgREST: hosted projects return 520 to 526 when
        // PostgREST is unreachable.
        (status, "") if status.is_server_error() => StoreError::Unavailable(cause),
        _ => StoreError::Unexpected(cause),
    }
}
