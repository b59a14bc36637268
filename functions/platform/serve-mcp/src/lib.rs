//! `POST /mcp`: reads and commands as tools for AI agents (Model Context Protocol, streamable HTTP
//! without sessions).
//!
//! A tool is a route: its arguments become the request that a caller of the API would send, and the
//! response of the route becomes the result. The caller is authenticated here; policy, limits,
//! audit and the log line are those of the route.

mod arguments;
mod call;
mod exchange;
mod message;
mod results;
mod routes;
mod tools;

use shared::{
    auth::Caller,
    config::{self, ConfigError},
    http::{HandlerResult, KIB, Rate, Request, Route},
    http_client::HttpClient,
};

pub use message::Message;
pub use routes::{Endpoint, Routes};
use tools::Tools;

pub const ROUTE: Route<Caller> = Route::any("serve-mcp").rate(Rate::Unlimited).body(64 * KIB);

/// The routes of the tools, and the origins of pages that may call.
#[derive(Debug)]
pub struct Deps {
    routes: Routes,
    origins: Vec<String>,
}

impl Deps {
    /// Pages of `PUBLIC_URL` and of the origins in `MCP_ORIGINS`, separated by commas, may call;
    /// programs send no origin.
    pub fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        let own = config::optional_base_url("PUBLIC_URL")?;
        let others = config::optional("MCP_ORIGINS").unwrap_or_default();
        let others =
            others.split(',').map(str::trim).filter(|origin| !origin.is_empty()).map(str::to_owned);
        Ok(Self::new(Routes::from_env(http)?, own.into_iter().chain(others)))
    }

    pub fn new(routes: Routes, origins: impl IntoIterator<Item = String>) -> Self {
        Self { routes, origins: origins.into_iter().map(exchange::with_port).collect() }
    }
}

/// One message. Tools that need a user reject a caller without a token.
pub async fn handle(
    deps: &'static Deps,
    caller: Caller,
    request: Request,
) -> HandlerResult<Message> {
    request.no_query()?;
    let posted = exchange::posted(&request)?;
    exchange::exchange(Tools::new(&deps.routes, caller, request), &deps.origins, posted).await
}
