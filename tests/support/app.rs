//! The API in this process: the real edge and handlers, with fakes for their dependencies.
//!
//! ```no_run
//! # async fn example() {
//! use market::fakes::MemoryMarkets;
//! use support::app::App;
//!
//! let reply = App::with(MemoryMarkets::with_aapl()).get("/v1/stocks/AAPL/metrics").await;
//! assert_eq!(reply.json()["symbol"], "AAPL");
//! # }
//! ```

use std::{collections::BTreeMap, future::Future, pin::Pin, sync::LazyLock};

use jiff::Timestamp;
use lambda_http::RequestExt;
use market::fakes::MemoryMarkets;
use secrecy::SecretString;
use serde_json::{Value, json};
use shared::{
    auth::{Principal, Prove},
    http::{Body, Deprecated, Edge, HandlerResult, IntoResponse, Request, Route},
    list::Pager,
    signing::SigningKeys,
};

use crate::{Response, contract, event_json, http_event, template};

type Responding = Pin<Box<dyn Future<Output = http::Response<Body>> + Send>>;
type Endpoint = Box<dyn Fn(Request) -> Responding + Send + Sync>;

/// Method, pattern and function of every route of the template.
static ROUTES: LazyLock<Vec<(String, String, String)>> = LazyLock::new(|| {
    let mut routes = Vec::new();
    for function in template::functions() {
        for (method, path) in function.routes().into_iter().flatten() {
            routes.push((method, path, function.folder()));
        }
    }
    routes
});

/// A pager with a signing key for tests.
pub fn pager() -> Pager {
    pager_with(&["0123456789abcdef0123456789abcdef"])
}

/// A pager with these secrets, newest first.
pub fn pager_with(secrets: &[&str]) -> Pager {
    let secrets: Vec<SecretString> =
        secrets.iter().map(|secret| SecretString::from(*secret)).collect();
    Pager::new(SigningKeys::derive(&secrets, "cursor").unwrap())
}

/// Functions by their names.
#[derive(Default)]
pub struct App {
    endpoints: BTreeMap<&'static str, Endpoint>,
    now: Option<Timestamp>,
    deprecated: &'static [Deprecated],
}

impl App {
    /// Every route of the market context, with this market data.
    pub fn with(markets: MemoryMarkets) -> Self {
        Self::paged(markets, pager())
    }

    /// As [`with`](Self::with), with this pager.
    pub fn paged(markets: MemoryMarkets, pager: Pager) -> Self {
        Self::default()
            .mount(
                get_metrics::ROUTE,
                get_metrics::Deps { markets: markets.clone() },
                get_metrics::handle,
                (),
            )
            .mount(
                get_stock::ROUTE,
                get_stock::Deps { markets: markets.clone() },
                get_stock::handle,
                (),
            )
            .mount(
                get_chart::ROUTE,
                get_chart::Deps { markets: markets.clone() },
                get_chart::handle,
                (),
            )
            .mount(
                list_stocks::ROUTE,
                list_stocks::Deps { markets: markets.clone(), pager: pager.clone() },
                list_stocks::handle,
                (),
            )
            .mount(
                list_metrics::ROUTE,
                list_metrics::Deps { markets: markets.clone(), pager: pager.clone() },
                list_metrics::handle,
                (),
            )
            .mount(
                get_metric_history::ROUTE,
                get_metric_history::Deps { markets, pager },
                get_metric_history::handle,
                (),
            )
            .mount(list_metric_definitions::ROUTE, (), list_metric_definitions::handle, ())
    }

    /// Adds a function.
    #[must_use]
    pub fn mount<C, D, H, F, R, P>(
        mut self,
        route: Route<C>,
        dependencies: D,
        handle: H,
        proof: P,
    ) -> Self
    where
        C: Principal,
        D: Sync + 'static,
        H: Fn(&'static D, C, Request) -> F + Send + Sync + 'static,
        F: Future<Output = HandlerResult<R>> + Send + 'static,
        R: IntoResponse + 'static,
        P: Prove<C> + 'static,
    {
        let edge = Edge::new(route, &*Box::leak(Box::new(dependencies)), handle, proof)
            .deprecating(self.deprecated);
        let edge = &*Box::leak(Box::new(edge));
        let endpoint: Endpoint = Box::new(move |request| Box::pin(edge.respond(request)));
        self.endpoints.insert(route.declared().id, endpoint);
        self
    }

    /// Sets the current time of every request.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Self {
        Self { now: Some(now), ..self }
    }

    /// With deprecated operations, for the functions mounted after this.
    pub fn deprecating(deprecated: Vec<Deprecated>) -> Self {
        Self { deprecated: deprecated.leak(), ..Self::default() }
    }

    /// `HEAD` of a path with its query, with headers.
    pub async fn head(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        self.send(&event("HEAD", path, headers)).await
    }

    /// `GET` of a path with its query.
    pub async fn get(&self, path: &str) -> Response {
        self.get_with(path, &[]).await
    }

    /// As [`get`](Self::get), with headers.
    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        self.send(&event("GET", path, headers)).await
    }

    /// Sends a shipped event.
    pub async fn event(&self, name: &str) -> Response {
        self.respond(name.split('.').next().unwrap(), &event_json(name)).await
    }

    /// Sends an event of the HTTP API to the function of its route.
    pub async fn send(&self, event: &Value) -> Response {
        let (method, path) =
            (text(&event["requestContext"]["http"]["method"]), text(&event["rawPath"]));
        let function =
            route_of(method, path).map_or("reject-unknown", |(_, _, function)| function.as_str());
        self.respond(function, event).await
    }

    /// Sends an event to a function; asserts that the contract documents the response.
    pub async fn respond(&self, function: &str, event: &Value) -> Response {
        let event = http_event(event);
        let (method, path) = (event.method().to_string(), event.raw_http_path().to_owned());
        let host = event
            .headers()
            .get("host")
            .map(|host| host.to_str().unwrap().to_owned())
            .unwrap_or_default();
        let request =
            Request::new(event, "https://api.example.com", self.now.unwrap_or_else(Timestamp::now));
        let endpoint =
            self.endpoints.get(function).unwrap_or_else(|| panic!("{function} is not mounted"));
        let (head, body) = endpoint(request).await.into_parts();
        let response =
            Response { status: head.status.as_u16(), headers: head.headers, body: body.to_vec() };
        if self.deprecated.is_empty() {
            contract::assert_event(&method, &host, &path, &response);
        }
        response
    }
}

/// The event of a request without a body, as API Gateway sends it.
fn event(method: &str, path: &str, headers: &[(&str, &str)]) -> Value {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let (key, parameters) = match route_of(method, path) {
        Some((method, pattern, _)) => (format!("{method} {pattern}"), parameters(pattern, path)),
        None => ("$default".to_owned(), json!({})),
    };
    let mut event = event_json("get-metrics");
    event["routeKey"] = json!(key);
    event["requestContext"]["routeKey"] = json!(key);
    event["requestContext"]["http"]["method"] = json!(method);
    event["requestContext"]["http"]["path"] = json!(path);
    event["rawPath"] = json!(path);
    event["rawQueryString"] = json!(query);
    event["pathParameters"] = parameters;
    for (name, value) in headers {
        event["headers"][*name] = json!(value);
    }
    event
}

fn route_of(method: &str, path: &str) -> Option<&'static (String, String, String)> {
    let mut matching: Vec<_> = ROUTES
        .iter()
        .filter(|(known, pattern, _)| known == method && fits(pattern, path))
        .collect();
    // The pattern with fewer parameters is the more specific one.
    matching.sort_by_key(|(_, pattern, _)| pattern.matches('{').count());
    matching.first().copied()
}

fn fits(pattern: &str, path: &str) -> bool {
    let same = pattern.split('/').count() == path.split('/').count();
    same && pattern
        .split('/')
        .zip(path.split('/'))
        .all(|(known, given)| known.starts_with('{') || known == given)
}

fn parameters(pattern: &str, path: &str) -> Value {
    let pairs = pattern.split('/').zip(path.split('/'));
    pairs
        .filter_map(|(name, value)| Some((name.strip_prefix('{')?.strip_suffix('}')?, value)))
        .collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
