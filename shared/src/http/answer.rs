//! What handlers answer with, and its headers.

use std::{convert::Infallible, time::Duration};

use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use lambda_http::Body;
use serde::Serialize;

use super::encoding::add;
use crate::{domain::market::Freshness, fresh::Fresh};

/// The last day that the data have.
const AS_OF: HeaderName = HeaderName::from_static("as-of");
/// When they were last read from the provider.
const REFRESHED_AT: HeaderName = HeaderName::from_static("refreshed-at");

/// Who may keep an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cache {
    /// Market data: the same for everyone.
    Public,
    /// Rows that belong to someone.
    Private,
    /// True at this moment only.
    Never,
}

impl Cache {
    pub(super) const fn directive(self) -> &'static str {
        match self {
            Self::Public => "public, max-age=60, stale-while-revalidate=300, stale-if-error=86400",
            Self::Private => "private, no-store",
            Self::Never => "no-store",
        }
    }
}

/// A body an API route may answer with.
pub trait Resource: Serialize + Send {
    /// Decided by type, so that a row of someone's can never be sent as public.
    const CACHE: Cache;

    /// The version, when this is a versioned resource: the answer then carries the strong tag `"<version>"`.
    fn version(&self) -> Option<i64> {
        None
    }

    /// Seconds after which asking again may show something new.
    fn retry_after(&self) -> Option<u32> {
        None
    }

    /// The address of the next page of a list, for `Link`.
    fn next_link(&self) -> Option<&str> {
        None
    }

    /// How long ago it was read from the store, when it comes from a cache.
    fn age(&self) -> Option<Duration> {
        None
    }

    /// The request headers that decide what it looks like, for `Vary`.
    const VARY: Option<&'static str> = None;

    /// The body, when it is not to be JSON.
    fn encoded(&self) -> Option<Encoded> {
        None
    }

    /// 200 unless the type says otherwise.
    fn status(&self) -> StatusCode {
        StatusCode::OK
    }
}

/// A text in another media type than JSON.
#[derive(Debug)]
pub struct Encoded {
    pub content_type: &'static str,
    pub body: String,
    pub freshness: Freshness,
}

/// Anything that can be sent as a response.
pub trait Answer: Send {
    fn into_response(self) -> Response<Body>;
}

impl<R: Resource> Answer for R {
    fn into_response(self) -> Response<Body> {
        let mut response = match self.encoded() {
            Some(Encoded { content_type, body, freshness }) => {
                let mut response = body_of(body.into(), content_type, self.status(), R::CACHE, self.age());
                date(response.headers_mut(), freshness);
                response
            }
            None => json(&self, self.status(), R::CACHE, self.age()),
        };
        if let Some(vary) = R::VARY {
            add(&mut response, header::VARY, vary);
        }
        let headers = response.headers_mut();
        if let Some(version) = self.version() {
            headers.extend(value(&format!("\"{version}\"")).map(|tag| (header::ETAG, tag)));
        }
        if let Some(seconds) = self.retry_after() {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if let Some(next) = self.next_link() {
            headers.extend(value(&format!("<{next}>; rel=\"next\"")).map(|link| (header::LINK, link)));
        }
        response
    }
}

/// The answer of a handler that always refuses.
impl Answer for Infallible {
    fn into_response(self) -> Response<Body> {
        match self {}
    }
}

/// 202: the command is stored and will be carried out; the resource to watch is at `location`.
#[derive(Debug)]
pub struct Accepted<R> {
    pub location: String,
    pub resource: R,
}

impl<R: Resource> Answer for Accepted<R> {
    fn into_response(self) -> Response<Body> {
        let mut response = self.resource.into_response();
        *response.status_mut() = StatusCode::ACCEPTED;
        response.headers_mut().extend(value(&self.location).map(|location| (header::LOCATION, location)));
        response
    }
}

/// 202 with a body that is not a resource of its own.
#[derive(Debug)]
pub struct Queued<B>(pub B);

impl<B: Serialize + Send> Answer for Queued<B> {
    fn into_response(self) -> Response<Body> {
        json(&self.0, StatusCode::ACCEPTED, Cache::Never, None)
    }
}

/// A body that is no JSON: a picture, a page.
#[derive(Debug)]
pub struct Document {
    pub media_type: &'static str,
    pub body: Vec<u8>,
    pub cache: Cache,
    pub freshness: Freshness,
}

impl Answer for Fresh<Document> {
    fn into_response(self) -> Response<Body> {
        let Document { media_type, body, cache, freshness } = self.value;
        let mut response = body_of(Body::Binary(body), media_type, StatusCode::OK, cache, self.age);
        date(response.headers_mut(), freshness);
        response
    }
}

/// Says in headers what JSON says in fields.
fn date(headers: &mut HeaderMap, freshness: Freshness) {
    let Freshness { as_of, refreshed_at } = freshness;
    headers.extend(as_of.and_then(|day| value(&day.to_string())).map(|day| (AS_OF, day)));
    headers.extend(refreshed_at.and_then(|instant| value(&instant.to_string())).map(|instant| (REFRESHED_AT, instant)));
}

/// Who may keep a body, and how old it is.
fn describe(headers: &mut HeaderMap, cache: Cache, age: Option<Duration>) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache.directive()));
    if cache == Cache::Private {
        headers.insert(header::VARY, HeaderValue::from_static("Authorization"));
    }
    headers.extend(age.map(|age| (header::AGE, age.as_secs().into())));
}

fn json(body: &impl Serialize, status: StatusCode, cache: Cache, age: Option<Duration>) -> Response<Body> {
    // Every type of ours has string keys and finite numbers, the two things JSON can fail on.
    let text = serde_json::to_string(body).unwrap_or_default();
    body_of(text.into(), "application/json", status, cache, age)
}

fn body_of(
    body: Body,
    content_type: &'static str,
    status: StatusCode,
    cache: Cache,
    age: Option<Duration>,
) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    describe(headers, cache, age);
    response
}

/// Addresses and versions are made by us, of visible ASCII.
fn value(text: &str) -> Option<HeaderValue> {
    HeaderValue::try_from(text).ok()
}
