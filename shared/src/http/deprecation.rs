//! Deprecated operations: `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and a link to the policy.

use http::{HeaderName, HeaderValue, Response, header};
use jiff::{Timestamp, civil::Date, fmt::rfc2822::DateTimePrinter, tz::TimeZone};
use lambda_http::Body;

use super::encoding::add;

/// The operations that the contract marks as `deprecated`, with the dates `x-deprecation` and
/// `x-sunset`. A test compares this list with the contract.
pub const DEPRECATED: &[Deprecated] = &[];

const DEPRECATION: HeaderName = HeaderName::from_static("deprecation");
const SUNSET: HeaderName = HeaderName::from_static("sunset");

/// A deprecated operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deprecated {
    /// Method and path as in the template: `GET /v1/stocks/{symbol}`.
    pub route: &'static str,
    /// The operation is deprecated from the beginning of this day in UTC.
    pub since: Date,
    /// The operation may be removed from the beginning of this day in UTC.
    pub sunset: Date,
}

impl Deprecated {
    /// Adds the headers to a response; `policy` is the URL of the page about deprecated operations.
    pub(super) fn announce(&self, response: &mut Response<Body>, policy: &str) {
        let (Some(since), Some(sunset)) = (instant(self.since), instant(self.sunset)) else {
            return;
        };
        let since = HeaderValue::try_from(format!("@{}", since.as_second()));
        let sunset =
            DateTimePrinter::new().timestamp_to_rfc9110_string(&sunset).map(HeaderValue::try_from);
        let headers = response.headers_mut();
        headers.extend(since.ok().map(|since| (DEPRECATION, since)));
        headers.extend(sunset.ok().and_then(Result::ok).map(|sunset| (SUNSET, sunset)));
        add(
            response,
            header::LINK,
            &format!("<{policy}>; rel=\"deprecation\"; type=\"text/html\""),
        );
    }
}

fn instant(day: Date) -> Option<Timestamp> {
    day.to_zoned(TimeZone::UTC).ok().map(|midnight| midnight.timestamp())
}
