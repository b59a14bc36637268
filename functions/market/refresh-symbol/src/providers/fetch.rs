//! Requests to a provider.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use jiff::{SignedDuration, Timestamp};

use crate::ports::{MarketDataError, Retry};
use shared::{
    deadline::Deadline,
    http_client::{HttpClient, Limits, TransportError, retry_after},
};

/// Fifty years of daily bars are 2 MB as JSON.
pub(super) const MAX_BODY: usize = 16 * 1024 * 1024;
/// The worst case is 77 s: two providers, the last days and then the whole history, three attempts
/// each. That leaves the time that refresh-symbol reserves (`APPLY`).
const LIMITS: Limits = Limits { timeout: Duration::from_secs(6), max_body: MAX_BODY };

/// The body of a 200, or the error for any other status.
pub(super) async fn fetch(
    http: &HttpClient,
    request: Request<Bytes>,
    deadline: Deadline,
) -> Result<Bytes, MarketDataError> {
    match http.send(request, LIMITS, deadline).await {
        Ok(response) => body(response),
        Err(TransportError::TooLong { max: limit, .. }) => Err(MarketDataError::TooLarge { limit }),
        Err(error) => Err(MarketDataError::Unavailable(error.to_string())),
    }
}

fn body(response: Response<Bytes>) -> Result<Bytes, MarketDataError> {
    match response.status() {
        StatusCode::OK => Ok(response.into_body()),
        StatusCode::NOT_FOUND => Err(MarketDataError::UnknownSymbol),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(MarketDataError::Unauthorized),
        StatusCode::TOO_MANY_REQUESTS => {
            let wait = retry_after(response.headers(), Timestamp::now());
            Err(MarketDataError::RateLimited(wait.map_or(Retry::Later, retry)))
        }
        status if status.is_server_error() => {
            Err(MarketDataError::Unavailable(format!("it returned {}", status.as_u16())))
        }
        status => Err(MarketDataError::Malformed(format!("it returned {}", status.as_u16()))),
    }
}

/// Rounded up: an earlier call would be refused again.
fn retry(wait: SignedDuration) -> Retry {
    let seconds = wait.unsigned_abs().as_millis().div_ceil(1000);
    Retry::AfterSeconds(seconds.try_into().unwrap_or(u32::MAX))
}
