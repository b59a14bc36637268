//! A request to a route, as its function would receive it.

use std::collections::HashMap;

use http::{HeaderValue, Method, header};
use lambda_http::{Body, RequestExt};

/// Method, path, parameters and JSON body.
#[derive(Debug, Clone, Default)]
pub(crate) struct Call {
    pub method: Method,
    /// With its parameters filled in, e.g. `/v1/stocks/AAPL/metrics`.
    pub path: String,
    pub parameters: Vec<(String, String)>,
    pub query: Vec<(String, String)>,
    pub body: Option<String>,
}

impl Call {
    pub(crate) fn event(self) -> lambda_http::Request {
        let mut event = http::Request::new(self.body.map_or(Body::Empty, Body::Text));
        *event.method_mut() = self.method;
        event
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        event
            .with_raw_http_path(self.path)
            .with_path_parameters(multi(self.parameters))
            .with_query_string_parameters(multi(self.query))
    }
}

fn multi(pairs: Vec<(String, String)>) -> HashMap<String, Vec<String>> {
    let mut multi = HashMap::<String, Vec<String>>::new();
    for (name, value) in pairs {
        multi.entry(name).or_default().push(value);
    }
    multi
}
