//! The tools, as clients see them.

use std::sync::{Arc, OnceLock};

use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CallToolRequestParams, CallToolResponse, Implementation, ListToolsResult,
        PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool, ToolAnnotations,
    },
    schemars::JsonSchema,
    service::RequestContext,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use shared::{
    auth::Caller,
    http::{LogLine, Request},
};

use crate::{
    arguments::{
        Arguments, GetAnalysis, GetChart, GetHistory, GetMetrics, Given, RequestAnalysis,
        ScreenStocks,
    },
    results,
    routes::Routes,
    schema,
};

const INSTRUCTIONS: &str = "Daily prices of stocks and metrics computed from them, \
    and analyses of a stock by workflows. Returns, volatilities and drawdowns are fractions: \
    0.031 is 3.1 %. Market data state their trading day (as_of). Problems have a stable code.";

/// The tools for the caller of one request.
#[derive(Clone)]
pub(crate) struct Tools {
    routes: &'static Routes,
    caller: Caller,
    request: Arc<Request>,
    /// The log line of the tool call; empty for any other message.
    line: Arc<OnceLock<LogLine>>,
    /// The structured content of the result, if it has one.
    content: Arc<OnceLock<Box<RawValue>>>,
}

impl Tools {
    pub(crate) fn new(routes: &'static Routes, caller: Caller, request: Request) -> Self {
        let (line, content) = <_>::default();
        Self { routes, caller, request: Arc::new(request), line, content }
    }

    pub(crate) fn log_line(&self) -> Option<LogLine> {
        self.line.get().copied()
    }

    pub(crate) fn content(&self) -> Option<&RawValue> {
        self.content.get().map(AsRef::as_ref)
    }

    /// The arguments in the message.
    fn arguments(&self) -> serde_json::Result<Given> {
        let message: CallMessage = serde_json::from_slice(self.request.body())?;
        Ok(message.params.arguments.unwrap_or_default())
    }
}

impl ServerHandler for Tools {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("bellwether", env!("CARGO_PKG_VERSION")))
            .with_instructions(INSTRUCTIONS)
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        all().into_iter().find(|tool| tool.name == name)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(all()))
    }

    async fn call_tool(
        &self,
        call: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let arguments = self.arguments().map_err(|error| {
            let detail = format!("The parameters of tools/call do not match the schema: {error}");
            ErrorData::invalid_params(detail, None)
        })?;
        let arguments = Arguments::parse(&call.name, &arguments);
        let arguments = arguments
            .ok_or_else(|| ErrorData::invalid_params("There is no tool with this name.", None))?;
        let response = match arguments {
            Ok(arguments) => {
                let (route, call) = arguments.call();
                self.line.get_or_init(|| LogLine::Written);
                self.routes
                    .respond(route, self.caller.clone(), self.request.forward(call.event()))
                    .await
            }
            Err(problem) => {
                self.line.get_or_init(|| LogLine::WithCode(problem.code()));
                problem.response(&self.request.id())
            }
        };
        let (result, content) = results::of(&response);
        if let Some(content) = content {
            self.content.get_or_init(|| content);
        }
        Ok(result.into())
    }
}

/// A message that calls a tool.
#[derive(Deserialize)]
struct CallMessage {
    params: CallParams,
}

#[derive(Deserialize)]
struct CallParams {
    arguments: Option<Given>,
}

/// Every tool.
fn all() -> Vec<Tool> {
    vec![
        reading::<GetMetrics>("get_metrics", "The latest price and metrics of one stock."),
        reading::<ScreenStocks>(
            "screen_stocks",
            "The latest metrics of many stocks: those that match filters, sorted, \
             or those of a list of symbols.",
        ),
        reading::<GetHistory>(
            "get_history",
            "Prices and metrics of one stock by day, week or month.",
        ),
        reading::<GetChart>(
            "get_chart",
            "A chart of a stock's adjusted prices, as candles or a line, with moving averages, \
             Bollinger bands, volume, RSI and MACD.",
        ),
        tool::<RequestAnalysis>(
            "request_analysis",
            "Runs an analysis workflow on a stock. Requires a user with the role analyst. \
             The response has the id of the analysis, with which get_analysis reads \
             its progress and result.",
            ToolAnnotations::new()
                .read_only(false)
                .destructive(false)
                .idempotent(false)
                .open_world(true),
        ),
        reading::<GetAnalysis>(
            "get_analysis",
            "Progress, result and events of an analysis of the user. While finished_at is null, \
             it is still running: call again after some seconds.",
        ),
    ]
}

fn reading<A: JsonSchema + 'static>(name: &'static str, description: &'static str) -> Tool {
    tool::<A>(name, description, ToolAnnotations::new().read_only(true).open_world(false))
}

fn tool<A: JsonSchema + 'static>(
    name: &'static str,
    description: &'static str,
    annotations: ToolAnnotations,
) -> Tool {
    Tool::new(name, description, schema::of::<A>()).with_annotations(annotations)
}
