//! The steps around every handler, in one order.

use std::future::Future;

use http::{Method, Response};
use lambda_http::Body;
use tracing::Instrument;

use super::{
    bookkeeping::{Bookkeeping, NoBookkeeping},
    deprecation::{DEPRECATED, Deprecated},
    exchange::Exchange,
    request::Request,
    response::{HandlerResult, IntoResponse},
    route::{Rate, Route},
};
use crate::{
    auth::{Access, Caller, Principal, Prove},
    problem::Problem,
};

/// A route with its handler, dependencies and proof.
///
/// [`serve`](super::serve) runs steps 1 and 2: it escapes the event, and makes a [`Request`] with
/// deadline and id. [`respond`](Self::respond) runs the other steps in this order. A problem in
/// steps 3 to 8 continues with step 9.
///
/// 3. authenticate: credentials become a principal; a webhook must be a POST
/// 4. policy: the principal may call this route
/// 5. body cap
/// 6. rate lease; for a read it runs together with the handler, and the response waits for both
/// 7. idempotency: an earlier response is replayed; for idempotent writes only
/// 8. handler
/// 9. response: headers, `ETag`, encoding; no body for a HEAD
/// 10. one log line, and metrics
#[derive(Debug)]
pub struct Edge<'d, C, D, H, P, B = NoBookkeeping> {
    route: Route<C>,
    dependencies: &'d D,
    handle: H,
    proof: P,
    bookkeeping: B,
    deprecated: &'d [Deprecated],
}

impl<'d, C, D, H, P> Edge<'d, C, D, H, P> {
    pub fn new(route: Route<C>, dependencies: &'d D, handle: H, proof: P) -> Self {
        Self {
            route,
            dependencies,
            handle,
            proof,
            bookkeeping: NoBookkeeping,
            deprecated: DEPRECATED,
        }
    }

    /// With these deprecated operations.
    #[must_use]
    pub fn deprecating(self, deprecated: &'d [Deprecated]) -> Self {
        Self { deprecated, ..self }
    }

    /// With this bookkeeping.
    pub fn keeping<B: Bookkeeping>(self, bookkeeping: B) -> Edge<'d, C, D, H, P, B> {
        let Self { route, dependencies, handle, proof, deprecated, .. } = self;
        Edge { route, dependencies, handle, proof, bookkeeping, deprecated }
    }
}

impl<'d, C, D, H, P, B, F, R> Edge<'d, C, D, H, P, B>
where
    C: Principal,
    H: Fn(&'d D, C, Request) -> F,
    F: Future<Output = HandlerResult<R>>,
    R: IntoResponse,
    B: Bookkeeping,
{
    /// The response to a request.
    pub async fn respond(&self, request: Request) -> Response<Body>
    where
        P: Prove<C>,
    {
        let exchange = Exchange::begin(self.route.declared(), &request, self.deprecated);
        let result = self.authenticated(request, &exchange).instrument(exchange.span()).await;
        self.ended(exchange, result)
    }

    /// The response to a request. Another route has authenticated its caller: begins at step 4.
    pub async fn respond_to(&self, caller: Caller, request: Request) -> Response<Body>
    where
        C: TryFrom<Caller, Error = Problem>,
    {
        let exchange = Exchange::begin(self.route.declared(), &request, self.deprecated);
        let admitted = async { self.admitted(caller.try_into()?, request, &exchange).await };
        let result = admitted.instrument(exchange.span()).await;
        self.ended(exchange, result)
    }

    async fn authenticated(
        &self,
        request: Request,
        exchange: &Exchange,
    ) -> Result<Response<Body>, Problem>
    where
        P: Prove<C>,
    {
        let route = self.route.declared();
        // A function URL accepts every method.
        if route.access == Access::Signed && request.method() != Method::POST {
            return Err(Problem::method_not_allowed("POST"));
        }
        let credentials = request.credentials(route.max_body.unwrap_or_default());
        let caller = self.proof.prove(credentials, request.deadline()).await?;
        self.admitted(caller, request, exchange).await
    }

    async fn admitted(
        &self,
        caller: C,
        request: Request,
        exchange: &Exchange,
    ) -> Result<Response<Body>, Problem> {
        let route = self.route.declared();
        exchange.called_by(&caller);
        caller.authorize(route.access)?;
        request.limit_body(route.max_body)?;
        let lease = self.bookkeeping.lease(
            route,
            self.bookkeeping.payer(&caller, &request),
            request.deadline(),
        );
        if route.rate == Rate::Read {
            let (lease, response) = tokio::join!(lease, self.handled(caller, request));
            return lease.and(response);
        }
        lease.await?;
        if route.is_idempotent
            && let Some(replayed) = self.bookkeeping.replay(route, &caller, &request).await?
        {
            return Ok(replayed);
        }
        self.handled(caller, request).await
    }

    async fn handled(&self, caller: C, request: Request) -> Result<Response<Body>, Problem> {
        (self.handle)(self.dependencies, caller, request).await.map(IntoResponse::into_response)
    }

    fn ended(&self, exchange: Exchange, result: Result<Response<Body>, Problem>) -> Response<Body> {
        let (response, handled) = exchange.end(result);
        self.bookkeeping.count(self.route.declared(), handled);
        response
    }
}
