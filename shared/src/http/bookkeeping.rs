//! The steps of the edge that keep state between requests: rate limits, idempotency and metrics.
//!
//! The [edge](super::Edge) fixes their order. Functions without such state use [`NoBookkeeping`].

use std::{future::Future, time::Duration};

use http::{Response, StatusCode};
use lambda_http::Body;

use super::{request::Request, route::Declared};
use crate::{auth::Principal, deadline::Deadline, problem::Problem};

/// Permission to handle one request, taken from the budget of its caller.
#[derive(Debug, Default)]
pub struct Lease;

/// The outcome of a request.
#[derive(Debug, Clone, Copy)]
pub struct Handled {
    pub status: StatusCode,
    /// The code of the problem in the response, if there is one.
    pub code: Option<&'static str>,
    pub duration: Duration,
}

/// Keeps state between requests.
pub trait Bookkeeping: Send + Sync {
    /// Identifies the budget that a request counts against.
    type Payer: Send;

    fn payer(&self, caller: &impl Principal, request: &Request) -> Self::Payer;

    /// Counts a request against a budget; a 429 when the budget is used up.
    fn lease(
        &self,
        route: &Declared,
        payer: Self::Payer,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Lease, Problem>> + Send;

    /// The response to an earlier request with the same `Idempotency-Key`, if there is one.
    fn replay(
        &self,
        route: &Declared,
        caller: &impl Principal,
        request: &Request,
    ) -> impl Future<Output = Result<Option<Response<Body>>, Problem>> + Send;

    /// Records the outcome of a request in the metrics.
    fn count(&self, route: &Declared, handled: Handled);
}

/// Grants every lease, replays no response and counts no request.
#[derive(Debug, Clone, Copy)]
pub struct NoBookkeeping;

impl Bookkeeping for NoBookkeeping {
    type Payer = ();

    fn payer(&self, _: &impl Principal, _: &Request) {}

    async fn lease(&self, _: &Declared, (): (), _: Deadline) -> Result<Lease, Problem> {
        Ok(Lease)
    }

    async fn replay(
        &self,
        _: &Declared,
        _: &impl Principal,
        _: &Request,
    ) -> Result<Option<Response<Body>>, Problem> {
        Ok(None)
    }

    fn count(&self, _: &Declared, _: Handled) {}
}
