//! Requests, as handlers read them. A problem from parsing names the parameter or field.

use std::{fmt::Display, str::FromStr};

use aws_lambda_events::{apigw::ApiGatewayV2httpRequestContext, query_map::QueryMap};
use http::{HeaderName, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use lambda_http::{RequestExt, aws_lambda_events, request::RequestContext};
use serde::de::DeserializeOwned;

use super::{
    encoding,
    json::parse_json,
    negotiate::{ONE, media_range, quality},
    query::{ARRAYS, Query},
};
use crate::{auth::Credentials, deadline::Deadline, problem::Problem, trace::TraceParent};

/// Headers that identify the caller and the request.
const IDENTITY: [&str; 3] = ["authorization", "traceparent", "x-request-id"];

/// A request, the instant at which it was received, and its deadline.
#[derive(Debug)]
pub struct Request {
    event: lambda_http::Request,
    public_url: &'static str,
    received_at: Timestamp,
    deadline: Deadline,
}

impl Request {
    /// `public_url` is the base URL of links. If it is empty, links are paths.
    pub fn new(
        event: lambda_http::Request,
        public_url: &'static str,
        received_at: Timestamp,
    ) -> Self {
        let deadline = event.lambda_context_ref().map(Deadline::of).unwrap_or_default();
        Self { event, public_url, received_at, deadline }
    }

    /// A request to another route by the same caller, in the same invocation. Only what identifies
    /// caller and request is copied.
    #[must_use]
    pub fn forward(&self, mut event: lambda_http::Request) -> Self {
        for name in IDENTITY {
            for value in self.event.headers().get_all(name) {
                event.headers_mut().append(name, value.clone());
            }
        }
        if let Some(context) = self.event.lambda_context_ref() {
            event = event.with_lambda_context(context.clone());
        }
        if let Some(context) = self.event.request_context_ref() {
            event = event.with_request_context(context.clone());
        }
        Self { event, ..*self }
    }

    /// The `X-Request-Id` of the caller if it is 1 to 128 visible ASCII characters, else Lambda's
    /// id.
    pub fn id(&self) -> String {
        self.client_id().or(self.lambda_id()).unwrap_or_default().to_owned()
    }

    /// The `X-Request-Id` of the caller if it is 1 to 128 visible ASCII characters.
    pub(super) fn client_id(&self) -> Option<&str> {
        let given = self.header("x-request-id");
        given.filter(|id| (1..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic()))
    }

    /// Lambda's id of the invocation.
    pub(super) fn lambda_id(&self) -> Option<&str> {
        self.event.lambda_context_ref().map(|context| context.request_id.as_str())
    }

    /// The id of the request in the access log of API Gateway.
    pub(super) fn gateway_id(&self) -> Option<&str> {
        self.gateway()?.request_id.as_deref()
    }

    /// The host name of the API that was called.
    pub fn domain(&self) -> Option<&str> {
        self.gateway()?.domain_name.as_deref()
    }

    fn gateway(&self) -> Option<&ApiGatewayV2httpRequestContext> {
        match self.event.request_context_ref()? {
            RequestContext::ApiGatewayV2(context) => Some(context),
            _ => None,
        }
    }

    /// The instant before which every call made for this request must end.
    pub fn deadline(&self) -> Deadline {
        self.deadline
    }

    pub(super) fn credentials(&self, max_body: usize) -> Credentials<'_> {
        let (headers, body) = (self.event.headers(), self.body());
        Credentials { headers, body, max_body, received_at: self.received_at }
    }

    /// True when the client accepts gzip.
    pub fn takes_gzip(&self) -> bool {
        self.header("accept-encoding").is_some_and(encoding::takes_gzip)
    }

    /// The quality of this media type in `Accept`, 0 to 1000; 1000 without `Accept`.
    pub fn accepts(&self, media_type: &str) -> u16 {
        let values = self.headers(header::ACCEPT).filter_map(|value| value.to_str().ok());
        let accepted = values.collect::<Vec<_>>().join(",");
        if accepted.trim().is_empty() {
            return ONE;
        }
        quality(&accepted, |range| media_range(range, media_type)).unwrap_or(0)
    }

    /// True for a request to a route such as `GET /v1/stocks`, also with the method HEAD.
    pub(super) fn is_to(&self, route: &str) -> bool {
        let key = self.gateway().and_then(|context| context.route_key.as_deref());
        let key = key.unwrap_or_default();
        let read = route.strip_prefix("GET");
        key == route || read.is_some_and(|path| key.strip_prefix("HEAD") == Some(path))
    }

    /// True for GET and HEAD.
    pub(super) fn is_read(&self) -> bool {
        self.event.method().is_safe()
    }

    /// True when the response has no body.
    pub(super) fn is_head(&self) -> bool {
        self.event.method() == http::Method::HEAD
    }

    pub(super) fn condition(&self, name: HeaderName) -> Option<HeaderValue> {
        self.event.headers().get(name).cloned()
    }

    /// The instant at which the function received the request.
    pub fn received_at(&self) -> Timestamp {
        self.received_at
    }

    pub fn method(&self) -> &http::Method {
        self.event.method()
    }

    /// The path as it was sent, without the query.
    pub fn raw_path(&self) -> &str {
        self.event.raw_http_path()
    }

    /// The query as it was sent, without the question mark.
    pub fn raw_query(&self) -> &str {
        self.event.uri().query().unwrap_or_default()
    }

    /// The URL of a path of this API.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.public_url)
    }

    /// The first value of a header, as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.event.headers().get(name)?.to_str().ok()
    }

    /// All values of a header.
    pub fn headers(&self, name: HeaderName) -> impl Iterator<Item = &HeaderValue> {
        self.event.headers().get_all(name).iter()
    }

    /// The body as it was sent. The edge has checked its length.
    pub fn body(&self) -> &[u8] {
        self.event.body()
    }

    pub(super) fn limit_body(&self, max_bytes: Option<usize>) -> Result<(), Problem> {
        match max_bytes {
            Some(max_bytes) if self.body().len() > max_bytes => {
                Err(Problem::payload_too_large(max_bytes))
            }
            _ => Ok(()),
        }
    }

    /// The body as a JSON object: 415 for another content type, 400 when it is not JSON, 422 when
    /// it does not match the schema.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        parse_json(self.json_text()?)
    }

    /// The unparsed body of a JSON request; 415 for another content type.
    pub fn json_text(&self) -> Result<&[u8], Problem> {
        let content_type = self.header("content-type").unwrap_or_default();
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        if media_type.eq_ignore_ascii_case("application/json") {
            return Ok(self.body());
        }
        let detail = "The content type must be application/json.";
        Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail))
    }

    /// The parsed value of a path parameter; 400 when it does not parse.
    pub fn path<T: FromStr<Err: Display>>(&self, name: &'static str) -> Result<T, Problem> {
        let parameters = self.event.path_parameters_ref();
        let text = parameters.and_then(|parameters| parameters.first(name)).unwrap_or_default();
        text.parse()
            .map_err(|error: T::Err| Problem::invalid(name, "invalid_format", error.to_string()))
    }

    /// A 400 if there is any query parameter.
    pub fn no_query(&self) -> Result<(), Problem> {
        self.query(&[]).map(drop)
    }

    /// The query parameters. A 400 when one is not in `known`, or repeated and no array.
    pub fn query(&self, known: &'static [&'static str]) -> Result<Query<'_>, Problem> {
        self.query_where(|name| match known {
            _ if known.contains(&name) => Ok(()),
            [] => Err("This route takes no parameters.".to_owned()),
            _ => Err(format!("This route accepts these parameters: {}.", known.join(", "))),
        })
    }

    /// The query parameters. A 400 when one is repeated and no array, or when `check` rejects its
    /// name; the text of `check` lists the known names.
    pub fn query_where(
        &self,
        check: impl Fn(&str) -> Result<(), String>,
    ) -> Result<Query<'_>, Problem> {
        let parameters = self.event.query_string_parameters_ref();
        for (name, _) in parameters.into_iter().flat_map(QueryMap::iter) {
            if let Err(detail) = check(name) {
                let problem =
                    Problem::new(StatusCode::BAD_REQUEST, "unknown_parameter", detail.clone());
                return Err(problem.with_field(name, "unknown", detail));
            }
            let count = parameters.and_then(|all| all.all(name)).map_or(0, |values| values.len());
            if count > 1 && !ARRAYS.contains(&name) {
                let detail = "This parameter may be given only once.";
                return Err(Problem::invalid(name, "repeated", detail));
            }
        }
        Ok(Query(parameters))
    }

    /// The caller's trace context, if it is valid.
    pub fn trace(&self) -> Option<TraceParent> {
        self.header("traceparent")?.parse().ok()
    }
}
