//! Market data in another media type than JSON.

use http::{HeaderName, Response};
use lambda_http::Body;

use super::answer::{Answer, Cache, body_of, link_next, value};
use crate::{domain::market::Dates, fresh::Fresh};

/// The last day that the data have.
const AS_OF: HeaderName = HeaderName::from_static("as-of");
/// When they were last read from the provider.
const REFRESHED_AT: HeaderName = HeaderName::from_static("refreshed-at");

/// A picture or a file. What JSON says in fields stands in its headers.
#[derive(Debug)]
pub struct Document {
    pub media_type: &'static str,
    pub body: Body,
    pub dates: Dates,
    /// The address of the next page, when it is a page of a list.
    pub next: Option<String>,
}

impl Answer for Fresh<Document> {
    fn into_response(self) -> Response<Body> {
        let Document { media_type, body, dates, next } = self.value;
        let mut response = body_of(body, media_type, Cache::Public, self.age);
        let headers = response.headers_mut();
        headers.extend(dates.as_of.and_then(|day| value(&day.to_string())).map(|day| (AS_OF, day)));
        headers.extend(dates.refreshed_at.and_then(|at| value(&at.to_string())).map(|at| (REFRESHED_AT, at)));
        link_next(headers, next.as_deref());
        response
    }
}
