//! Public data in another media type than JSON.

use http::{HeaderName, HeaderValue, Response};
use lambda_http::Body;

use super::response::{Cache, IntoResponse, body_of, link_next};
use crate::cached::Cached;

/// A picture or a file; its dates are in headers, as it has no fields.
#[derive(Debug)]
pub struct File {
    pub media_type: &'static str,
    pub body: Body,
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The URL of the next page of a list.
    pub next: Option<String>,
}

impl IntoResponse for Cached<File> {
    fn into_response(self) -> Response<Body> {
        let File { media_type, body, headers: own, next } = self.value;
        let mut response = body_of(body, media_type, Cache::Public, self.age);
        let headers = response.headers_mut();
        headers.extend(own);
        link_next(headers, next.as_deref());
        response
    }
}
