//! The routes that tools stand for.

use std::future::Future;

use http::Response;
use lambda_http::Body;
use shared::{
    auth::Auth,
    http::{self as routes, Request},
    page::Cursors,
    ports::{CreateAnalysis, FetchKeys, FindStock, LatestMetrics, ListMetrics, MarkSent, Publish, ReadHistory},
};

/// What the handlers of the routes need.
#[derive(Debug)]
pub struct Routes<K, M, A, Q> {
    pub auth: Auth<K>,
    pub markets: M,
    pub cursors: Cursors,
    pub analyses: A,
    pub queue: Q,
}

/// A route that is a tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    GetMetrics,
    ListMetrics,
    GetMetricHistory,
    GetChart,
    CreateAnalysis,
}

/// Answers requests as the routes themselves would.
pub trait AnswerRoute: Send + Sync + 'static {
    fn answer(&'static self, route: Route, request: Request) -> impl Future<Output = Response<Body>> + Send;
}

impl<K, M, A, P, O> AnswerRoute for Routes<K, M, A, (P, O)>
where
    K: FetchKeys + 'static,
    M: FindStock + LatestMetrics + ListMetrics + ReadHistory + 'static,
    A: CreateAnalysis + 'static,
    P: Publish + 'static,
    O: MarkSent + 'static,
{
    async fn answer(&'static self, route: Route, request: Request) -> Response<Body> {
        let Self { auth, markets, cursors, analyses, queue } = self;
        match route {
            Route::GetMetrics => routes::answer(markets, get_metrics::handle, request).await,
            Route::ListMetrics => {
                routes::answer(markets, |markets, request| list_metrics::handle(markets, cursors, request), request)
                    .await
            }
            Route::GetMetricHistory => {
                let handle = |markets, request| get_metric_history::handle(markets, cursors, request);
                routes::answer(markets, handle, request).await
            }
            Route::GetChart => routes::answer(markets, get_chart::handle, request).await,
            Route::CreateAnalysis => {
                let handle = |auth, request| create_analysis::handle(auth, analyses, queue, request);
                routes::answer(auth, handle, request).await
            }
        }
    }
}
