//! The steps of the edge that keep state between requests: rate limits, idempotency and metrics.
//!
//! Their places in the [edge](super::Edge) are fixed. A function without such state has
//! [`NoBookkeeping`].

use std::{future::Future, time::Duration};

use http::{Response, StatusCode};
use lambda_http::Body;

use super::{request::Request, route::Declared};
use crate::{auth::Principal, deadline::Deadline, problem::Problem};

/// Permission to handle one request, taken from the budget of its caller.
#[derive(Debug, Default)]
pub struct Lease;

/// How a request ended.
#[derive(Debug, Clone, Copy)]
pub struct Handled {
    pub status: StatusCode,
    /// The code of the problem, if it is one.
    pub code: Option<&'static str>,
    pub duration: Duration,
}

/// Keeps state between requests.
pub trait Bookkeeping: Send + Sync {
    /// Whose budget a request counts against.
    type Payer: Send;

    fn payer(&self, caller: &impl Principal, request: &Request) -> Self::Payer;

    /// Takes a request from a budget, or refuses it with a 429.
    fn lease(
        &self,
        route: &Declared,
        payer: Self::Payer,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Lease, Problem>> + Send;

    /// The response to an earlier request with the same `Idempotency-Key`.
    fn replay(
        &self,
        route: &Declared,
        caller: &impl Principal,
        request: &Request,
    ) -> impl Future<Output = Result<Option<Response<Body>>, Problem>> + Send;

    /// Counts a request.
    fn count(&self, route: &Declared, handled: Handled);
}

/// Every request is handled, and none is counted.
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
