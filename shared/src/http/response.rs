//! Responses and their headers.

use std::{convert::Infallible, time::Duration};

use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use lambda_http::Body;
use serde::Serialize;

use crate::{cached::Cached, problem::Problem};

/// Who may cache a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cache {
    /// Any cache: market data is the same for everyone.
    Public,
    /// No cache: the rows belong to a user.
    Private,
    /// No cache: the response is valid at this instant only.
    Never,
}

impl Cache {
    pub const fn directive(self) -> &'static str {
        match self {
            Self::Public => "public, max-age=60, stale-while-revalidate=300, stale-if-error=86400",
            Self::Private => "private, no-store",
            Self::Never => "no-store",
        }
    }
}

/// A JSON body.
pub trait Resource: Serialize + Send {
    /// Who may cache the resource. The type decides, so a row of a user is never cached publicly.
    const CACHE: Cache;

    /// The version of the resource, for a strong `ETag`; a suffix after `-` says what else the body
    /// depends on.
    fn revision(&self) -> Option<String> {
        None
    }

    /// Seconds after which the resource may have changed, for `Retry-After`.
    fn retry_after(&self) -> Option<u32> {
        None
    }

    /// The URL of the next page of a list, for `Link`.
    fn next_link(&self) -> Option<&str> {
        None
    }

    /// Time since it was read from the store, for `Age`; `None` when it was read for this request.
    fn age(&self) -> Option<Duration> {
        None
    }

    /// The status of the response; 200 by default.
    fn status(&self) -> StatusCode {
        StatusCode::OK
    }
}

/// The response of the value, with its age in `Age`.
impl<T: Resource> Resource for Cached<T> {
    const CACHE: Cache = T::CACHE;
    fn revision(&self) -> Option<String> {
        self.value.revision()
    }

    fn retry_after(&self) -> Option<u32> {
        self.value.retry_after()
    }

    fn next_link(&self) -> Option<&str> {
        self.value.next_link()
    }

    fn status(&self) -> StatusCode {
        self.value.status()
    }

    fn age(&self) -> Option<Duration> {
        self.age
    }
}

/// What a handler returns.
pub type HandlerResult<R> = Result<R, Problem>;

/// A value that can be sent as a response.
pub trait IntoResponse: Send {
    fn into_response(self) -> Response<Body>;
}

impl<R: Resource> IntoResponse for R {
    fn into_response(self) -> Response<Body> {
        let mut response = json(&self, self.status(), R::CACHE, self.age());
        let headers = response.headers_mut();
        if let Some(revision) = self.revision() {
            headers.extend(value(&format!("\"{revision}\"")).map(|tag| (header::ETAG, tag)));
        }
        if let Some(seconds) = self.retry_after() {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        link_next(headers, self.next_link());
        response
    }
}

/// The response of a handler that always fails.
impl IntoResponse for Infallible {
    fn into_response(self) -> Response<Body> {
        match self {}
    }
}

/// 202: the command is stored and will be executed. Its resource is at `location`.
#[derive(Debug)]
pub struct Accepted<R> {
    pub location: String,
    pub resource: R,
}

impl<R: Resource> IntoResponse for Accepted<R> {
    fn into_response(self) -> Response<Body> {
        let mut response = self.resource.into_response();
        *response.status_mut() = StatusCode::ACCEPTED;
        response
            .headers_mut()
            .extend(value(&self.location).map(|location| (header::LOCATION, location)));
        response
    }
}

/// 202 for a command that has no resource.
#[derive(Debug)]
pub struct Queued<B>(pub B);

impl<B: Serialize + Send> IntoResponse for Queued<B> {
    fn into_response(self) -> Response<Body> {
        json(&self.0, StatusCode::ACCEPTED, Cache::Never, None)
    }
}

/// How the log line of a response that carries a result or a problem in its body is written.
#[derive(Debug, Clone, Copy)]
pub enum LogLine {
    /// Another route handled the call and wrote the line; this one writes none.
    Written,
    /// This route writes the line, with the code of the problem in the body.
    WithCode(&'static str),
}

fn json(
    body: &impl Serialize,
    status: StatusCode,
    cache: Cache,
    age: Option<Duration>,
) -> Response<Body> {
    // Serialising fails only for map keys that are not strings; resources have none.
    let text = serde_json::to_string(body).unwrap_or_default();
    let mut response = Response::new(text.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache.directive()));
    if cache == Cache::Private {
        headers.insert(header::VARY, HeaderValue::from_static("Authorization"));
    }
    headers.extend(age.map(|age| (header::AGE, age.as_secs().into())));
    response
}

fn link_next(headers: &mut HeaderMap, next: Option<&str>) {
    headers.extend(
        next.and_then(|next| value(&format!("<{next}>; rel=\"next\"")))
            .map(|link| (header::LINK, link)),
    );
}

/// URLs, versions, dates and ids are visible ASCII.
pub(super) fn value(text: &str) -> Option<HeaderValue> {
    HeaderValue::try_from(text).ok()
}
