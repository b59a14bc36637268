//! Calling another route's handler for the same caller.

use std::collections::HashMap;

use http::{HeaderValue, Method, Response, header};
use lambda_http::{Body, RequestExt};

use super::Request;
use crate::problem::Problem;

/// What goes along: who calls, and what the call is known by.
const HEADERS: [&str; 3] = ["authorization", "traceparent", "x-request-id"];

/// A request to a route, as its function would get it.
#[derive(Debug, Clone, Default)]
pub struct Call {
    pub method: Method,
    /// With its parameters filled in.
    pub path: String,
    pub parameters: Vec<(String, String)>,
    pub query: Vec<(String, String)>,
    /// JSON.
    pub body: Option<String>,
}

impl Request {
    /// The request that this caller would send to a route. Conditions and encodings stay behind.
    #[must_use]
    pub fn to_route(&self, call: Call) -> Self {
        let Call { method, path, parameters, query, body } = call;
        let mut event = http::Request::new(body.map_or(Body::Empty, Body::Text));
        *event.method_mut() = method;
        let headers = event.headers_mut();
        for name in HEADERS {
            for value in self.event.headers().get_all(name) {
                headers.append(name, value.clone());
            }
        }
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let mut event = event
            .with_raw_http_path(path)
            .with_path_parameters(multi(parameters))
            .with_query_string_parameters(multi(query));
        if let Some(context) = self.event.lambda_context_ref() {
            event = event.with_lambda_context(context.clone());
        }
        Self { event, public_url: self.public_url, received_at: self.received_at }
    }

    /// The answer to a call that never becomes a request, because of this problem.
    pub fn refuse(&self, problem: Problem) -> Response<Body> {
        problem.log();
        problem.into_response(&self.id())
    }
}

fn multi(pairs: Vec<(String, String)>) -> HashMap<String, Vec<String>> {
    pairs.into_iter().map(|(name, value)| (name, vec![value])).collect()
}
