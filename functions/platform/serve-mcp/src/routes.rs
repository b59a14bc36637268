//! The routes that tools stand for.

use std::{future::Future, pin::Pin};

use analyses::CreateAnalysis;
use http::Response;
use lambda_http::Body;
use market::{FindStock, LatestMetrics, ListMetrics, ReadHistory};
use shared::{
    auth::{Auth, FetchKeys},
    http::{self as routes, Request},
    list::Pager,
    queue::Publish,
    store::MarkSent,
};

/// What the handlers of the routes need.
#[derive(Debug)]
pub struct Routes<K, M, A, Q> {
    pub auth: Auth<K>,
    pub markets: M,
    pub pager: Pager,
    pub analyses: A,
    pub queue: Q,
}

/// A route that is a tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    GetMetrics,
    ListMetrics,
    GetMetricHistory,
    GetChart,
    CreateAnalysis,
}

/// An answer in the making. It is boxed, as its type would be too deep inside those of the transport.
pub(crate) type Answering = Pin<Box<dyn Future<Output = Response<Body>> + Send>>;

/// Answers requests as the routes themselves would.
pub(crate) trait AnswerRoute: Send + Sync + 'static {
    fn answer(&'static self, route: Route, request: Request) -> Answering;
}

impl<K, M, A, P, O> AnswerRoute for Routes<K, M, A, (P, O)>
where
    K: FetchKeys + 'static,
    M: FindStock + LatestMetrics + ListMetrics + ReadHistory + 'static,
    A: CreateAnalysis + 'static,
    P: Publish + 'static,
    O: MarkSent + 'static,
{
    fn answer(&'static self, route: Route, request: Request) -> Answering {
        let Self { auth, markets, pager, analyses, queue } = self;
        match route {
            Route::GetMetrics => Box::pin(routes::answer(markets, get_metrics::handle, request)),
            Route::ListMetrics => {
                let handle = |markets, request| list_metrics::handle(markets, pager, request);
                Box::pin(routes::answer(markets, handle, request))
            }
            Route::GetMetricHistory => {
                let handle = |markets, request| get_metric_history::handle(markets, pager, request);
                Box::pin(routes::answer(markets, handle, request))
            }
            Route::GetChart => Box::pin(routes::answer(markets, get_chart::handle, request)),
            Route::CreateAnalysis => {
                let handle = |auth, request| create_analysis::handle(auth, analyses, queue, request);
                Box::pin(routes::answer(auth, handle, request))
            }
        }
    }
}
