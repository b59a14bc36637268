//! Serving HTTP events (API Gateway HTTP API and function URLs, payload 2.0) with a handler.

mod answer;
mod request;
mod resources;

pub use answer::{Accepted, Answer, Cache, Queued, Resource};
pub use request::{Query, Request, parse_json};

use std::future::Future;

use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use jiff::Timestamp;
use lambda_http::{Body, service_fn};

use crate::{
    Error, adapters::http_client::HttpClient, config, config::ConfigError, precondition, problem::Problem, telemetry,
};

/// What a handler returns: an answer, or a problem.
pub type Reply<A> = Result<A, Problem>;

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
    Fut: Future<Output = Reply<A>> + Send + 'static,
    A: Answer,
{
    telemetry::init()?;
    serve_with(build(&HttpClient::new()?)?, handle).await
}

/// As [`serve`], for a function that calls nobody.
pub async fn serve_with<D, F, Fut, A>(dependencies: D, handle: F) -> Result<(), Error>
where
    D: Sync + 'static,
    F: Fn(&'static D, Request) -> Fut + Sync + 'static,
    Fut: Future<Output = Reply<A>> + Send + 'static,
    A: Answer,
{
    telemetry::init()?;
    let public_url: &'static str = match config::optional("PUBLIC_URL") {
        Some(_) => config::base_url("PUBLIC_URL")?.leak(),
        None => "",
    };
    let dependencies: &'static D = Box::leak(Box::new(dependencies));
    let handle: &'static F = Box::leak(Box::new(handle));
    lambda_http::run(service_fn(move |event| async move {
        Ok::<_, Error>(answer(dependencies, handle, Request::new(event, public_url, Timestamp::now())).await)
    }))
    .await
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// One request to one response: the only place that turns a [`Reply`] into HTTP.
pub async fn answer<'d, D, F, Fut, A>(dependencies: &'d D, handle: F, request: Request) -> Response<Body>
where
    F: Fn(&'d D, Request) -> Fut,
    Fut: Future<Output = Reply<A>>,
    A: Answer,
{
    let id = request.id();
    let if_none_match = request.if_none_match();
    let span = tracing::info_span!("request", request.id = id);
    let reply = tracing::Instrument::instrument(handle(dependencies, request), span.clone()).await;
    let mut response = match reply {
        Ok(answer) => unless_known(answer.into_response(), if_none_match.as_ref()),
        Err(problem) => {
            span.in_scope(|| problem.log());
            problem.into_response(&id)
        }
    };
    // Our ids are made of visible ASCII only.
    if let Ok(id) = HeaderValue::try_from(id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// 304 without a body for a client that has this version already (RFC 9110, 13.1.2).
fn unless_known(mut response: Response<Body>, if_none_match: Option<&HeaderValue>) -> Response<Body> {
    let known = match (if_none_match, response.headers().get(header::ETAG)) {
        (Some(condition), Some(etag)) => response.status() == StatusCode::OK && precondition::lists(condition, etag),
        _ => false,
    };
    if known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::Empty;
        response.headers_mut().remove(header::CONTENT_TYPE);
    }
    response
}
