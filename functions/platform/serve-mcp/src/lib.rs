//! `POST /mcp`: reads and commands as tools for AI agents (Model Context Protocol, streamable HTTP without sessions).
//!
//! A tool is a route: its arguments become the request that a caller of the API would send, the route's own handler answers
//! it, and its answer or problem becomes the result. So nothing is done here that the routes do not do.

mod arguments;
mod exchange;
mod message;
mod results;
mod routes;
mod tools;

use analyses::{AnalysisStore, CreateAnalysis};
use market::{FindStock, LatestMetrics, ListMetrics, Markets, ReadHistory};
use shared::{
    auth::{Auth, FetchKeys, Jwks},
    config::{self, ConfigError},
    http::{HandlerResult, Request},
    http_client::HttpClient,
    list::Pager,
    queue::{Publish, Queue},
    store::{MarkSent, Outbox},
};

pub use message::Message;
pub use routes::Routes;
use tools::Tools;

/// The routes behind the tools, and the pages that may call.
#[derive(Debug)]
pub struct Server<R> {
    routes: R,
    origins: Vec<String>,
}

impl Server<Routes<Jwks, Markets, AnalysisStore, (Queue, Outbox)>> {
    /// Pages of `PUBLIC_URL` and of the origins in `MCP_ORIGINS`, separated by commas, may call; programs send no origin.
    pub fn from_env(client: &HttpClient) -> Result<Self, ConfigError> {
        let own = config::optional("PUBLIC_URL").map(|_| config::base_url("PUBLIC_URL")).transpose()?;
        let others = config::optional("MCP_ORIGINS").unwrap_or_default();
        let others = others.split(',').map(str::trim).filter(|origin| !origin.is_empty()).map(str::to_owned);
        let routes = Routes {
            auth: Auth::from_env(Jwks::from_env(client)?)?,
            markets: Markets::from_env(client)?,
            pager: Pager::from_env()?,
            analyses: AnalysisStore::from_env(client)?,
            queue: (Queue::from_env("ANALYSES_QUEUE_URL", client)?, Outbox::from_env(client)?),
        };
        Ok(Self::new(routes, own.into_iter().chain(others)))
    }
}

impl<R> Server<R> {
    pub fn new(routes: R, origins: impl IntoIterator<Item = String>) -> Self {
        Self { routes, origins: origins.into_iter().map(exchange::with_port).collect() }
    }
}

/// One message. 401 for a bad token; without one, tools that need a user refuse.
pub async fn handle<K, M, A, P, O>(
    server: &'static Server<Routes<K, M, A, (P, O)>>,
    request: Request,
) -> HandlerResult<Message>
where
    K: FetchKeys,
    M: FindStock + LatestMetrics + ListMetrics + ReadHistory,
    A: CreateAnalysis,
    P: Publish,
    O: MarkSent,
{
    request.query(&[])?;
    server.routes.auth.caller(&request).await?;
    let posted = exchange::posted(&request)?;
    let tools = Tools::new(&server.routes, request);
    exchange::exchange(tools, &server.origins, posted).await
}
