//! An HTTP request as handlers see it: every accessor parses, and answers bad input with a problem that names it.

use std::{fmt::Display, str::FromStr};

use http::{HeaderName, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use lambda_http::{RequestExt, aws_lambda_events::query_map::QueryMap, request::RequestContext};
use serde::de::DeserializeOwned;

use super::{
    encoding,
    json::parse_json,
    negotiate::{ONE, media_range, quality},
};
use crate::{problem::Problem, trace::TraceParent};

/// A request, when it came, and the address under which the caller knows us.
#[derive(Debug)]
pub struct Request {
    pub(super) event: lambda_http::Request,
    pub(super) public_url: &'static str,
    pub(super) received_at: Timestamp,
}

impl Request {
    pub fn new(event: lambda_http::Request, public_url: &'static str, received_at: Timestamp) -> Self {
        Self { event, public_url, received_at }
    }

    /// The caller's `X-Request-Id` when it is 1 to 128 visible ASCII characters, else Lambda's.
    pub fn id(&self) -> String {
        let given =
            self.header("x-request-id").filter(|id| id.len() <= 128 && id.bytes().all(|b| b.is_ascii_graphic()));
        let own = || self.event.lambda_context_ref().map(|context| context.request_id.clone());
        given.filter(|id| !id.is_empty()).map(str::to_owned).or_else(own).unwrap_or_default()
    }

    /// Whether a body may be sent as gzip.
    pub fn takes_gzip(&self) -> bool {
        self.header("accept-encoding").is_some_and(encoding::takes_gzip)
    }

    /// How gladly an answer of this media type is taken, from 0 for not at all to 1000; as gladly as any without `Accept`.
    pub fn accepts(&self, media_type: &str) -> u16 {
        let values = self.headers(header::ACCEPT).filter_map(|value| value.to_str().ok());
        let accepted = values.collect::<Vec<_>>().join(",");
        if accepted.trim().is_empty() {
            return ONE;
        }
        quality(&accepted, |range| media_range(range, media_type)).unwrap_or(0)
    }

    /// Method and path of the route, as the template has them.
    pub(super) fn route(&self) -> Option<&str> {
        match self.event.request_context_ref()? {
            RequestContext::ApiGatewayV2(context) => context.route_key.as_deref(),
            _ => None,
        }
    }

    pub(super) fn if_none_match(&self) -> Option<HeaderValue> {
        self.event.headers().get(header::IF_NONE_MATCH).cloned()
    }

    /// The instant the function got the request.
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

    /// `path` as the caller would write it.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.public_url)
    }

    /// A header that was sent once, as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.event.headers().get(name)?.to_str().ok()
    }

    /// All values of a header, for those where a second one is suspicious.
    pub fn headers(&self, name: HeaderName) -> impl Iterator<Item = &HeaderValue> {
        self.event.headers().get_all(name).iter()
    }

    /// The body's bytes exactly as they were sent; larger ones than `cap` are a 413.
    pub fn bytes(&self, cap: usize) -> Result<&[u8], Problem> {
        let body: &[u8] = self.event.body();
        if body.len() > cap {
            let detail = format!("The body must not be larger than {cap} bytes.");
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large", detail));
        }
        Ok(body)
    }

    /// The body as a JSON object of type `T`: 413 and 415 as [`json_text`](Self::json_text), 400 for no JSON, 422 for another
    /// shape.
    pub fn json<T: DeserializeOwned>(&self, cap: usize) -> Result<T, Problem> {
        parse_json(self.json_text(cap)?)
    }

    /// The bytes of a body that should be JSON: 413 over `cap` bytes, 415 for another content type.
    pub fn json_text(&self, cap: usize) -> Result<&[u8], Problem> {
        let content_type = self.header("content-type").unwrap_or_default();
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        if !media_type.eq_ignore_ascii_case("application/json") {
            let detail = "The content type must be application/json.";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail));
        }
        self.bytes(cap)
    }

    /// A path parameter that must parse.
    pub fn path<T: FromStr<Err: Display>>(&self, name: &'static str) -> Result<T, Problem> {
        let parameters = self.event.path_parameters_ref();
        let text = parameters.and_then(|parameters| parameters.first(name)).unwrap_or_default();
        text.parse().map_err(|error: T::Err| Problem::invalid(name, "invalid_format", error.to_string()))
    }

    /// The query, when it has only `known` parameters, each at most once.
    pub fn query(&self, known: &'static [&'static str]) -> Result<Query<'_>, Problem> {
        self.query_where(|name| match known {
            _ if known.contains(&name) => Ok(()),
            [] => Err("This route takes no parameters.".to_owned()),
            _ => Err(format!("This route knows the parameters: {}.", known.join(", "))),
        })
    }

    /// The query, when `check` knows each of its parameters, and each is given at most once. The error names the known ones.
    pub fn query_where(&self, check: impl Fn(&str) -> Result<(), String>) -> Result<Query<'_>, Problem> {
        let parameters = self.event.query_string_parameters_ref();
        for (name, _) in parameters.into_iter().flat_map(QueryMap::iter) {
            if let Err(detail) = check(name) {
                let problem = Problem::new(StatusCode::BAD_REQUEST, "unknown_parameter", detail.clone());
                return Err(problem.with_field(name, "unknown", detail));
            }
            if parameters.and_then(|all| all.all(name)).is_some_and(|values| values.len() > 1) {
                return Err(Problem::invalid(name, "repeated", "This parameter may be given once only."));
            }
        }
        Ok(Query(parameters))
    }

    /// The caller's trace context, when it is a valid one.
    pub fn trace(&self) -> Option<TraceParent> {
        self.header("traceparent")?.parse().ok()
    }
}

/// The parameters after the question mark, already known to be wanted.
#[derive(Debug, Clone, Copy)]
pub struct Query<'r>(Option<&'r QueryMap>);

impl<'r> Query<'r> {
    /// The text of a parameter.
    pub fn text(self, name: &str) -> Option<&'r str> {
        self.0?.first(name)
    }

    /// A 400 when there is a parameter beside `with` for which `refused` holds.
    pub fn without(self, with: &str, refused: impl Fn(&str) -> bool) -> Result<(), Problem> {
        match self.iter().find(|(name, _)| *name != with && refused(name)) {
            Some((name, _)) => {
                Err(Problem::invalid(name, "not_combinable", format!("{name} cannot be combined with {with}.")))
            }
            None => Ok(()),
        }
    }

    /// Every parameter with its text.
    pub fn iter(self) -> impl Iterator<Item = (&'r str, &'r str)> {
        self.0.into_iter().flat_map(QueryMap::iter)
    }

    /// A parameter that parses, if it was given.
    pub fn get<T: FromStr<Err: Display>>(self, name: &'static str) -> Result<Option<T>, Problem> {
        let parse = |text: &str| {
            text.parse().map_err(|error: T::Err| Problem::invalid(name, "invalid_format", error.to_string()))
        };
        self.text(name).map(parse).transpose()
    }
}
