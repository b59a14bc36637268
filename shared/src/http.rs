//! Serving HTTP events (API Gateway HTTP API and function URLs, payload 2.0) with a handler.

mod answer;
mod call;
mod conditional;
mod deprecation;
mod encoding;
mod file;
mod json;
mod negotiate;
mod precondition;
mod received;
mod request;

pub use answer::{Accepted, Cache, IntoResponse, Queued, Resource};
pub use call::Call;
pub use deprecation::{DEPRECATED, Deprecated};
pub use encoding::vary;
pub use file::File;
pub use json::parse_json;
pub use lambda_http::Body;
pub use request::{Query, Request};

use std::future::Future;

use http::{HeaderName, HeaderValue, Response};
use jiff::Timestamp;
use lambda_http::{Adapter, LambdaEvent, Service, request::LambdaRequest, service_fn};

use crate::{
    Error,
    config::{self, ConfigError},
    http_client::HttpClient,
    problem::Problem,
    telemetry,
};

/// What a handler returns: an answer, or a problem.
pub type HandlerResult<A> = Result<A, Problem>;

/// Runs a function behind HTTP: starts logging, builds the dependencies once, then answers events with `handle`.
///
/// Absolute links are made with `PUBLIC_URL`; without it they are paths.
pub async fn serve<D, F, Fut, A>(
    build: impl FnOnce(&HttpClient) -> Result<D, ConfigError>,
    handle: F,
) -> Result<(), Error>
where
    D: Sync + 'static,
    F: Fn(&'static D, Request) -> Fut + Sync + 'static,
    Fut: Future<Output = HandlerResult<A>> + Send + 'static,
    A: IntoResponse,
{
    telemetry::init()?;
    serve_with(build(&HttpClient::new()?)?, handle).await
}

/// As [`serve`], for a function that calls nobody.
pub async fn serve_with<D, F, Fut, A>(dependencies: D, handle: F) -> Result<(), Error>
where
    D: Sync + 'static,
    F: Fn(&'static D, Request) -> Fut + Sync + 'static,
    Fut: Future<Output = HandlerResult<A>> + Send + 'static,
    A: IntoResponse,
{
    telemetry::init()?;
    let public_url: &'static str = match config::optional("PUBLIC_URL") {
        Some(_) => config::base_url("PUBLIC_URL")?.leak(),
        None => "",
    };
    let dependencies: &'static D = Box::leak(Box::new(dependencies));
    let handle: &'static F = Box::leak(Box::new(handle));
    let mut service = Adapter::from(service_fn(move |event| async move {
        Ok::<_, Error>(answer(dependencies, handle, Request::new(event, public_url, Timestamp::now())).await)
    }));
    lambda_runtime::run(service_fn(move |mut event: LambdaEvent<LambdaRequest>| {
        received::make_addressable(&mut event.payload);
        service.call(event)
    }))
    .await
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// What it means that an operation is going away.
const POLICY: &str = "/docs/versioning";

/// One request to one response: the only place that turns a [`HandlerResult`] into HTTP.
pub async fn answer<'d, D, F, Fut, A>(dependencies: &'d D, handle: F, request: Request) -> Response<Body>
where
    F: Fn(&'d D, Request) -> Fut,
    Fut: Future<Output = HandlerResult<A>>,
    A: IntoResponse,
{
    answer_among(DEPRECATED, dependencies, handle, request).await
}

/// As [`answer`], with these operations going away.
pub async fn answer_among<'d, D, F, Fut, A>(
    deprecated: &[Deprecated],
    dependencies: &'d D,
    handle: F,
    request: Request,
) -> Response<Body>
where
    F: Fn(&'d D, Request) -> Fut,
    Fut: Future<Output = HandlerResult<A>>,
    A: IntoResponse,
{
    let (id, if_none_match, takes_gzip) = (request.id(), request.if_none_match(), request.takes_gzip());
    let deprecated = deprecated.iter().find(|operation| Some(operation.route) == request.route());
    let deprecated = deprecated.map(|operation| (operation, request.url(POLICY)));
    let span = tracing::info_span!("request", request.id = id);
    let reply = tracing::Instrument::instrument(handle(dependencies, request), span.clone()).await;
    let mut response = match reply {
        Ok(answer) => {
            let mut response = answer.into_response();
            conditional::tag(&mut response, &id);
            conditional::unless_known(&mut response, if_none_match.as_ref());
            response
        }
        Err(problem) => {
            span.in_scope(|| problem.log());
            problem.into_response(&id)
        }
    };
    encoding::encode(&mut response, takes_gzip);
    if let Some((operation, policy)) = deprecated {
        operation.announce(&mut response, &policy);
    }
    // Our ids are made of visible ASCII only.
    if let Ok(id) = HeaderValue::try_from(id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}
