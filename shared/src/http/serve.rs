//! Runs HTTP functions on Lambda.

use std::future::Future;

use jiff::Timestamp;
use lambda_http::{Adapter, LambdaEvent, Service, service_fn};
use serde_json::value::RawValue;

use super::{
    edge::Edge,
    escape,
    request::Request,
    response::{HandlerResult, IntoResponse},
    route::Route,
};
use crate::{
    Error,
    auth::{Anyone, Prove, Proved},
    config::{self, ConfigError},
    http_client::HttpClient,
    telemetry,
};

/// Starts logging, builds the dependencies once, then passes each event to the route's edge.
///
/// With `PUBLIC_URL`, links are absolute URLs. Without it, they are paths.
pub async fn serve<C, D, H, F, R>(
    route: Route<C>,
    dependencies: impl FnOnce(&HttpClient) -> Result<D, ConfigError>,
    handle: H,
) -> Result<(), Error>
where
    C: Proved,
    D: Sync + 'static,
    H: Fn(&'static D, C, Request) -> F + Send + Sync + 'static,
    F: Future<Output = HandlerResult<R>> + Send + 'static,
    R: IntoResponse,
{
    telemetry::init()?;
    let http = HttpClient::new()?;
    run(route, dependencies(&http)?, handle, C::proof(&http)?).await
}

/// Like [`serve`], for a function without dependencies. It starts without an HTTP client.
pub async fn serve_offline<H, F, R>(route: Route<Anyone>, handle: H) -> Result<(), Error>
where
    H: Fn(&'static (), Anyone, Request) -> F + Send + Sync + 'static,
    F: Future<Output = HandlerResult<R>> + Send + 'static,
    R: IntoResponse,
{
    telemetry::init()?;
    run(route, (), handle, ()).await
}

async fn run<C, D, H, F, R, P>(
    route: Route<C>,
    dependencies: D,
    handle: H,
    proof: P,
) -> Result<(), Error>
where
    C: Proved,
    D: Sync + 'static,
    H: Fn(&'static D, C, Request) -> F + Send + Sync + 'static,
    F: Future<Output = HandlerResult<R>> + Send + 'static,
    R: IntoResponse,
    P: Prove<C> + 'static,
{
    let public_url: &'static str =
        config::optional_base_url("PUBLIC_URL")?.unwrap_or_default().leak();
    let edge: &'static Edge<'static, C, D, H, P> =
        Box::leak(Box::new(Edge::new(route, Box::leak(Box::new(dependencies)), handle, proof)));
    let mut service = Adapter::from(service_fn(move |event| async move {
        Ok::<_, Error>(edge.respond(Request::new(event, public_url, Timestamp::now())).await)
    }));
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Box<RawValue>>| {
        let parsed = escape::parse(&event.payload);
        let response = parsed.map(|it| service.call(LambdaEvent::new(it, event.context)));
        async { response?.await }
    }))
    .await
}
