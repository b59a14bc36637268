//! Requests to a provider, with retries.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};

use crate::ports::MarketDataError;
use shared::{
    deadline::Deadline,
    http_client::{HttpClient, Limits, TransportError},
};

/// Fifty years of daily bars are 2 MB as JSON.
pub(super) const MAX_BODY: usize = 16 * 1024 * 1024;
/// The worst case is 77 s: two providers, the last days and then the whole history, three attempts
/// each. That leaves the time that refresh-symbol reserves (`APPLY`).
const LIMITS: Limits = Limits { timeout: Duration::from_secs(6), max_body: MAX_BODY };
/// The minimum time for another attempt.
const LEAST: Duration = Duration::from_secs(1);
const PAUSES: [Duration; 2] = [Duration::from_millis(250), Duration::from_secs(1)];

/// The body of a 200, or the error for any other status. Temporary errors are retried twice.
pub(super) async fn fetch(
    http: &HttpClient,
    request: &Request<Bytes>,
    deadline: Deadline,
) -> Result<Bytes, MarketDataError> {
    let mut pauses = PAUSES.into_iter();
    loop {
        match attempt(http, request.clone(), deadline).await {
            Err(MarketDataError::Unavailable(reason)) => match pauses.next() {
                Some(pause) if deadline.has(pause + LEAST) => tokio::time::sleep(pause).await,
                _ => return Err(MarketDataError::Unavailable(reason)),
            },
            settled => return settled,
        }
    }
}

async fn attempt(
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
            let seconds = response
                .headers()
                .get(header::RETRY_AFTER)
                .and_then(|value| value.to_str().ok()?.parse().ok());
            Err(MarketDataError::RateLimited { retry_after_seconds: seconds })
        }
        status if status.is_server_error() => {
            Err(MarketDataError::Unavailable(format!("it returned {}", status.as_u16())))
        }
        status => Err(MarketDataError::Malformed(format!("it returned {}", status.as_u16()))),
    }
}
