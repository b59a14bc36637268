//! Completes responses and writes the log line of each request.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use http::{HeaderName, HeaderValue, Response, header};
use lambda_http::Body;
use tracing::Span;

use super::{
    bookkeeping::Handled, conditional, deprecation::Deprecated, encoding, request::Request,
    response::LogLine, route::Declared,
};
use crate::{auth::Principal, problem::Problem, telemetry};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// True until the first log line of the process.
static COLD: AtomicBool = AtomicBool::new(true);
/// The page about deprecated operations.
const POLICY: &str = "/docs/versioning";

/// The parts of a request that its response and its log line need.
pub(super) struct Exchange {
    began: Instant,
    id: String,
    span: Span,
    /// The kind of the caller, once it is proved.
    caller: OnceLock<&'static str>,
    if_match: Option<HeaderValue>,
    if_none_match: Option<HeaderValue>,
    takes_gzip: bool,
    is_head: bool,
    /// The deprecated operation, and the URL of the page about it.
    deprecated: Option<(Deprecated, String)>,
    route: &'static str,
}

impl Exchange {
    pub(super) fn begin(route: &Declared, request: &Request, deprecated: &[Deprecated]) -> Self {
        let id = request.id();
        let deprecated = deprecated.iter().find(|operation| request.is_to(operation.route));
        Self {
            began: Instant::now(),
            span: tracing::info_span!(
                "request",
                lambda.request_id = request.lambda_id(),
                apigw.request_id = request.gateway_id(),
                client.request_id = request.client_id(),
                // Recorded by the handler that requests a refresh.
                refresh.id = tracing::field::Empty,
            ),
            caller: OnceLock::new(),
            id,
            // A write compares the version before it writes.
            if_match: request.condition(header::IF_MATCH).filter(|_| request.is_read()),
            if_none_match: request.condition(header::IF_NONE_MATCH),
            takes_gzip: request.takes_gzip(),
            is_head: request.is_head(),
            deprecated: deprecated.map(|operation| (operation.clone(), request.url(POLICY))),
            route: route.id,
        }
    }

    pub(super) fn span(&self) -> Span {
        self.span.clone()
    }

    /// Notes who calls, for the log line.
    pub(super) fn called_by(&self, caller: &impl Principal) {
        _ = self.caller.set(caller.kind());
    }

    /// Adds headers and `ETag`, encodes the body, and writes the one log line.
    pub(super) fn end(self, result: Result<Response<Body>, Problem>) -> (Response<Body>, Handled) {
        let current = result.and_then(|response| {
            conditional::if_current(&response, self.if_match.as_ref()).map(|()| response)
        });
        let (mut response, problem) = match current {
            Ok(mut response) => {
                conditional::tag(&mut response);
                conditional::unless_known(&mut response, self.if_none_match.as_ref());
                (response, None)
            }
            Err(problem) => (problem.response(&self.id), Some(problem)),
        };
        encoding::encode(&mut response, self.takes_gzip);
        if let Some((operation, policy)) = &self.deprecated {
            operation.announce(&mut response, policy);
        }
        response.headers_mut().extend(super::response::value(&self.id).map(|id| (REQUEST_ID, id)));
        if self.is_head {
            without_body(&mut response);
        }
        let line = response.extensions().get().copied();
        let code = match (&problem, line) {
            (Some(problem), _) => Some(problem.code()),
            (None, Some(LogLine::WithCode(code))) => Some(code),
            (None, _) => None,
        };
        let handled = Handled { status: response.status(), code, duration: self.began.elapsed() };
        if !matches!(line, Some(LogLine::Written)) {
            self.log(handled, problem.as_ref());
        }
        (response, handled)
    }

    /// Logs a problem with a 5xx as an error, and everything else as information.
    fn log(&self, handled: Handled, problem: Option<&Problem>) {
        let cause = problem.and_then(Problem::cause).map(telemetry::chain);
        let (status, milliseconds) =
            (handled.status.as_u16(), handled.duration.as_secs_f64() * 1000.0);
        let (caller, is_cold) = (self.caller.get(), COLD.swap(false, Ordering::Relaxed));
        let _entered = self.span.enter();
        if problem.is_some() && handled.status.is_server_error() {
            tracing::error!(
                request.route = self.route,
                response.status = status,
                request.duration_ms = milliseconds,
                caller.kind = caller,
                lambda.cold_start = is_cold,
                problem.code = handled.code,
                problem.cause = cause,
                "the request failed"
            );
        } else {
            tracing::info!(
                request.route = self.route,
                response.status = status,
                request.duration_ms = milliseconds,
                caller.kind = caller,
                lambda.cold_start = is_cold,
                problem.code = handled.code,
                problem.cause = cause,
                "request completed"
            );
        }
    }
}

/// The response to a HEAD: the headers of the GET, with the length of its body.
fn without_body(response: &mut Response<Body>) {
    let body = std::mem::replace(response.body_mut(), Body::Empty);
    // A 304 has no body in any case.
    if !body.is_empty() {
        response.headers_mut().insert(header::CONTENT_LENGTH, body.len().into());
    }
}
