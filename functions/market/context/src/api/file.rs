//! Market data in a media type other than JSON.

use std::time::Duration;

use http::{HeaderName, HeaderValue, Response, header};
use shared::{
    cached::Cached,
    http::{Body, Cache, IntoResponse},
};

/// A picture or a file. It has no fields, so its dates are in headers.
#[derive(Debug)]
pub struct File {
    pub media_type: &'static str,
    pub body: Body,
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The URL of the next page of a list.
    pub next: Option<String>,
    /// Time since the data were read from the store; `None` if they were read for this request.
    pub age: Option<Duration>,
}

impl From<Cached<File>> for File {
    /// The file with the age of its data.
    fn from(cached: Cached<File>) -> Self {
        Self { age: cached.age, ..cached.value }
    }
}

impl IntoResponse for File {
    fn into_response(self) -> Response<Body> {
        let mut response = Response::new(self.body);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.media_type));
        let directive = HeaderValue::from_static(Cache::Public.directive());
        headers.insert(header::CACHE_CONTROL, directive);
        headers.extend(self.headers);
        headers.extend(self.age.map(|age| (header::AGE, age.as_secs().into())));
        // A URL is visible ASCII.
        let link = self.next.map(|next| HeaderValue::try_from(format!("<{next}>; rel=\"next\"")));
        headers.extend(link.and_then(Result::ok).map(|link| (header::LINK, link)));
        response
    }
}
