//! The routes of the tools.

use std::{fmt, future::Future, pin::Pin};

use analyses::AnalysisStore;
use http::Response;
use lambda_http::Body;
use market::{KnownStocks, LatestMetrics, ListMetrics, ListStocks, Markets, ReadHistory};
use shared::{
    auth::Caller,
    config::ConfigError,
    http::{Edge, HandlerResult, IntoResponse, Request, Route},
    http_client::HttpClient,
    list::Pager,
    problem::Problem,
    queue::Queue,
    store::Outbox,
};

/// The pending response of a route, boxed to limit the depth of nested future types.
pub(crate) type Responding = Pin<Box<dyn Future<Output = Response<Body>> + Send>>;

/// A route with its edge and handler, for callers that serve-mcp has authenticated.
pub struct Endpoint(Box<dyn Fn(Caller, Request) -> Responding + Send + Sync>);

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").finish_non_exhaustive()
    }
}

impl Endpoint {
    /// Leaks the dependencies: they are built once for each route and never dropped.
    pub fn new<C, D, H, F, R>(route: Route<C>, dependencies: D, handle: H) -> Self
    where
        C: shared::auth::Principal + TryFrom<Caller, Error = Problem>,
        D: Sync + 'static,
        H: Fn(&'static D, C, Request) -> F + Send + Sync + 'static,
        F: Future<Output = HandlerResult<R>> + Send + 'static,
        R: IntoResponse + 'static,
    {
        let edge: &'static Edge<'static, C, D, H, ()> =
            Box::leak(Box::new(Edge::new(route, Box::leak(Box::new(dependencies)), handle, ())));
        Self(Box::new(move |caller, request| Box::pin(edge.respond_to(caller, request))))
    }
}

/// A route that a tool calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Name {
    GetMetrics,
    ListMetrics,
    GetMetricHistory,
    ListStocks,
    ListMetricDefinitions,
    GetChart,
    CreateAnalysis,
    GetAnalysis,
}

/// The routes of all tools.
#[derive(Debug)]
pub struct Routes {
    pub market: MarketRoutes,
    pub create_analysis: Endpoint,
    pub get_analysis: Endpoint,
}

/// The routes of market data.
#[derive(Debug)]
pub struct MarketRoutes {
    get_metrics: Endpoint,
    list_metrics: Endpoint,
    get_metric_history: Endpoint,
    list_stocks: Endpoint,
    list_metric_definitions: Endpoint,
    get_chart: Endpoint,
}

impl MarketRoutes {
    pub fn new<M>(markets: &M, pager: &Pager) -> Self
    where
        M: LatestMetrics + KnownStocks + ListMetrics + ListStocks + ReadHistory + Clone + 'static,
    {
        let (markets, pager) = (|| markets.clone(), || pager.clone());
        Self {
            get_metrics: Endpoint::new(
                get_metrics::ROUTE,
                get_metrics::Deps { markets: markets() },
                get_metrics::handle,
            ),
            list_metrics: Endpoint::new(
                list_metrics::ROUTE,
                list_metrics::Deps { markets: markets(), pager: pager() },
                list_metrics::handle,
            ),
            get_metric_history: Endpoint::new(
                get_metric_history::ROUTE,
                get_metric_history::Deps { markets: markets(), pager: pager() },
                get_metric_history::handle,
            ),
            list_stocks: Endpoint::new(
                list_stocks::ROUTE,
                list_stocks::Deps { markets: markets(), pager: pager() },
                list_stocks::handle,
            ),
            list_metric_definitions: Endpoint::new(
                list_metric_definitions::ROUTE,
                (),
                list_metric_definitions::handle,
            ),
            get_chart: Endpoint::new(
                get_chart::ROUTE,
                get_chart::Deps { markets: markets() },
                get_chart::handle,
            ),
        }
    }
}

impl Routes {
    /// All reads share one cache.
    pub(crate) fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        let create_analysis =
            create_analysis::Deps::<AnalysisStore, Queue, Outbox>::from_env(http)?;
        Ok(Self {
            market: MarketRoutes::new(&Markets::from_env(http)?, &Pager::from_env()?),
            create_analysis: Endpoint::new(
                create_analysis::ROUTE,
                create_analysis,
                create_analysis::handle,
            ),
            get_analysis: Endpoint::new(
                get_analysis::ROUTE,
                get_analysis::Deps::from_env(http)?,
                get_analysis::handle,
            ),
        })
    }

    pub(crate) fn respond(&self, name: Name, caller: Caller, request: Request) -> Responding {
        let endpoint = match name {
            Name::GetMetrics => &self.market.get_metrics,
            Name::ListMetrics => &self.market.list_metrics,
            Name::GetMetricHistory => &self.market.get_metric_history,
            Name::ListStocks => &self.market.list_stocks,
            Name::ListMetricDefinitions => &self.market.list_metric_definitions,
            Name::GetChart => &self.market.get_chart,
            Name::CreateAnalysis => &self.create_analysis,
            Name::GetAnalysis => &self.get_analysis,
        };
        (endpoint.0)(caller, request)
    }
}
