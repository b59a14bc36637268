//! Operations that are going away: `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and the way to the policy.

use http::{HeaderName, HeaderValue, Response, header};
use jiff::{Timestamp, civil::Date, fmt::rfc2822::DateTimePrinter, tz::TimeZone};
use lambda_http::Body;

use super::encoding::add;

/// What the contract marks as `deprecated`, with its `x-deprecation` and `x-sunset`. A test compares the two.
pub const DEPRECATED: &[Deprecated] = &[];

const DEPRECATION: HeaderName = HeaderName::from_static("deprecation");
const SUNSET: HeaderName = HeaderName::from_static("sunset");

/// An operation that should not be used any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deprecated {
    /// Method and path as in the template: `GET /v1/stocks/{symbol}`.
    pub route: &'static str,
    /// From the beginning of this day in UTC, something else should be used.
    pub since: Date,
    /// From the beginning of this day in UTC, it may be gone.
    pub sunset: Date,
}

impl Deprecated {
    /// Says so in an answer; `policy` is the address of what that means.
    pub(super) fn announce(&self, response: &mut Response<Body>, policy: &str) {
        let (Some(since), Some(sunset)) = (instant(self.since), instant(self.sunset)) else { return };
        let since = HeaderValue::try_from(format!("@{}", since.as_second()));
        let sunset = DateTimePrinter::new().timestamp_to_rfc9110_string(&sunset).map(HeaderValue::try_from);
        let headers = response.headers_mut();
        headers.extend(since.ok().map(|since| (DEPRECATION, since)));
        headers.extend(sunset.ok().and_then(Result::ok).map(|sunset| (SUNSET, sunset)));
        add(response, header::LINK, &format!("<{policy}>; rel=\"deprecation\"; type=\"text/html\""));
    }
}

fn instant(day: Date) -> Option<Timestamp> {
    day.to_zoned(TimeZone::UTC).ok().map(|midnight| midnight.timestamp())
}
