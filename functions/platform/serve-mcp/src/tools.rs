//! The tools, as clients see them.

mod calls;
mod catalog;
mod chart;
mod stock;

use std::sync::{Arc, OnceLock};

use http::Response;
use lambda_http::Body;
use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CallToolRequestParams, CallToolResponse, Implementation, ListResourcesResult,
        ListToolsResult, PaginatedRequestParams, ReadResourceRequestParams, ReadResourceResponse,
        ReadResourceResult, ServerCapabilities, ServerConfig, Tool,
    },
    service::RequestContext,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use shared::{
    auth::Caller,
    http::{LogLine, Request},
};

use crate::{
    app,
    arguments::{Arguments, Given},
    call::Call,
    results,
    routes::{Name, Routes},
    suggestions,
};
use catalog::{ALL, Definition};

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

    /// The response of the route of a tool. A problem with a symbol has suggestions.
    async fn response(&self, tool: &Definition, given: &Given) -> Response<Body> {
        let arguments = Arguments::parse(tool.arguments, given);
        let called = arguments.and_then(|arguments| {
            let symbol = arguments.text("symbol").map(str::to_owned);
            Ok(((tool.call)(arguments)?, symbol))
        });
        let ((route, call), symbol) = match called {
            Ok(called) => called,
            Err(problem) => {
                self.line.get_or_init(|| LogLine::WithCode(problem.code()));
                return problem.response(&self.request.id());
            }
        };
        self.line.get_or_init(|| LogLine::Written);
        let response = self.respond(route, call).await;
        match symbol {
            Some(text) if suggestions::are_wanted(&response) => {
                let found = self.respond(Name::ListStocks, calls::suggestions(&text)).await;
                suggestions::added(response, &found)
            }
            _ => response,
        }
    }

    async fn respond(&self, route: Name, call: Call) -> Response<Body> {
        let request = self.request.forward(call.event());
        self.routes.respond(route, self.caller.clone(), request).await
    }
}

impl ServerHandler for Tools {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().enable_resources();
        ServerConfig::new(capabilities.enable_extensions_with(app::extension()).build())
            .with_server_info(Implementation::new("bellwether", env!("CARGO_PKG_VERSION")))
            .with_instructions(INSTRUCTIONS)
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        Definition::find(name).ok().map(Definition::tool)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(ALL.iter().map(Definition::tool).collect()))
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
        let tool = Definition::find(&call.name)
            .map_err(|detail| ErrorData::invalid_params(detail, None))?;
        let response = self.response(tool, &arguments).await;
        let (result, content) = results::of(&response, tool.sparse);
        if let Some(content) = content {
            self.content.get_or_init(|| content);
        }
        Ok(result.into())
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        Ok(ListResourcesResult::with_all_items(vec![app::resource()]))
    }

    async fn read_resource(
        &self,
        resource: ReadResourceRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let contents = app::contents(&resource.uri).ok_or_else(|| {
            ErrorData::resource_not_found("There is no resource with this URI.", None)
        })?;
        Ok(ReadResourceResult::new(vec![contents]).into())
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
