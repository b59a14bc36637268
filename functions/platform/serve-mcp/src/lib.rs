//! `POST /mcp`: routes of the API as tools for AI agents (Model Context Protocol, streamable HTTP
//! without sessions).
//!
//! A tool calls a route: its arguments become the request that a caller of the API would send, and
//! the response of the route becomes the result. The caller is authenticated here; access, rate,
//! audit and the log line are those of the route.

mod app;
mod arguments;
mod call;
mod exchange;
mod message;
mod results;
mod routes;
mod schema;
mod suggestions;
mod tools;

use shared::{
    auth::Caller,
    config::{self, ConfigError},
    http::{HandlerResult, KIB, Rate, Request, Route},
    http_client::HttpClient,
};

pub use message::Message;
pub use routes::{Endpoint, MarketRoutes, Routes};
use tools::Tools;

pub const ROUTE: Route<Caller> = Route::any("serve-mcp").rate(Rate::Unlimited).body(64 * KIB);

/// The routes of the tools, and the allowed origins.
#[derive(Debug)]
pub struct Deps {
    routes: Routes,
    origins: Vec<String>,
}

impl Deps {
    /// The allowed origins are the host of the API, that of `PUBLIC_URL`, and those in
    /// `MCP_ORIGINS`, separated by commas. A request without `Origin` does not come from a browser
    /// and is allowed.
    pub fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        let own = config::optional_base_url("PUBLIC_URL")?;
        let others = config::optional("MCP_ORIGINS").unwrap_or_default();
        let others =
            others.split(',').map(str::trim).filter(|origin| !origin.is_empty()).map(str::to_owned);
        Ok(Self::new(Routes::from_env(http)?, own.into_iter().chain(others)))
    }

    /// `urls` are those whose origins are allowed.
    pub fn new(routes: Routes, urls: impl IntoIterator<Item = String>) -> Self {
        let origins = urls.into_iter().filter_map(|url| exchange::origin(&url));
        Self { routes, origins: origins.collect() }
    }
}

/// Handles one message. A tool that requires a user rejects a caller without a token.
pub async fn handle(
    deps: &'static Deps,
    caller: Caller,
    request: Request,
) -> HandlerResult<Message> {
    request.no_query()?;
    let posted = exchange::posted(&request)?;
    let own = request.domain().and_then(|domain| exchange::origin(&format!("https://{domain}")));
    let origins = deps.origins.iter().cloned().chain(own).collect();
    exchange::exchange(Tools::new(&deps.routes, caller, request), origins, posted).await
}
