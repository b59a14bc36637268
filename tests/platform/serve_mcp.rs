//! `POST /mcp`.

mod answers;
mod apps;
mod arguments;
mod protocol;
mod schemas;
mod tools;

use analyses::{
    AnalysisId, CreateAnalysis, CreateError, Created, NewAnalysis, ReadOwnAnalysis, Timeline,
};
use market::fakes::MemoryMarkets;
use serde_json::{Value, json};
use serve_mcp::{Deps, Endpoint, MarketRoutes, ROUTE, Routes, handle};
use shared::{
    auth::{AuthConfig, TokenVerifier, User},
    deadline::Deadline,
    store::StoreError,
};
use support::{
    Response,
    app::{App, pager},
    assert_problem, event_json,
    fakes::{
        keys::Project,
        queues::{MemoryOutbox, MemoryQueue},
    },
};

/// Knows no stock; the problem has the parameters of the request.
#[derive(Debug)]
struct NoStock;

impl CreateAnalysis for NoStock {
    async fn create(&self, new: NewAnalysis<'_>, _: Deadline) -> Result<Created, CreateError> {
        Err(CreateError::StockNotFound { detail: new.parameters.get().to_owned() })
    }
}

/// Knows no analysis.
#[derive(Debug)]
struct NoAnalysis;

impl ReadOwnAnalysis for NoAnalysis {
    async fn read(
        &self,
        _: &User,
        _: AnalysisId,
        _: u32,
        _: Deadline,
    ) -> Result<Option<Timeline>, StoreError> {
        Ok(None)
    }
}

/// In the place of a token of an analyst.
const ANALYST: &str = "analyst";

fn routes(markets: &MemoryMarkets) -> Routes {
    let (analyses, queue, outbox) = (NoStock, MemoryQueue::default(), MemoryOutbox::with(0));
    Routes {
        market: MarketRoutes::new(markets, &pager()),
        create_analysis: Endpoint::new(
            create_analysis::ROUTE,
            create_analysis::Deps { analyses, queue, outbox, quota: 100 },
            create_analysis::handle,
        ),
        get_analysis: Endpoint::new(
            get_analysis::ROUTE,
            get_analysis::Deps { analyses: NoAnalysis },
            get_analysis::handle,
        ),
    }
}

async fn posted(event: &Value) -> Response {
    posted_to(MemoryMarkets::with_january(), event).await
}

async fn posted_to(markets: MemoryMarkets, event: &Value) -> Response {
    let project: &'static Project = Box::leak(Box::default());
    let event = &if event["headers"]["authorization"] == ANALYST {
        by_analyst(project, event.clone())
    } else {
        event.clone()
    };
    let config = AuthConfig { url: "https://project.supabase.co".to_owned(), legacy_secret: None };
    let origins =
        ["https://agents.example.com:443", "https://api.example.com/base", "http://[::1]"];
    let deps = Deps::new(routes(&markets), origins.map(str::to_owned));
    let app = App::default().at("2026-03-02T09:30:00Z".parse().unwrap()).mount(
        ROUTE,
        deps,
        handle,
        TokenVerifier::new(&config, project),
    );
    app.respond("serve-mcp", event).await
}

/// The shipped event with the token of an analyst.
fn by_analyst(project: &Project, mut event: Value) -> Value {
    let token = project.signed(&json!({
        "iss": "https://project.supabase.co/auth/v1",
        "aud": "authenticated",
        "role": "authenticated",
        "exp": 1_772_447_400,
        "iat": 1_772_443_800,
        "sub": "11111111-1111-4111-8111-111111111111",
        "user_role": "analyst",
        "is_anonymous": false,
    }));
    event["headers"]["authorization"] = format!("Bearer {token}").into();
    event
}

async fn sent(event: &str) -> Response {
    posted(&event_json(event)).await
}

/// The shipped call with another header or body.
fn with_header(name: &str, value: &str) -> Value {
    let mut event = event_json("serve-mcp");
    event["headers"][name] = value.into();
    event
}

fn with_body(body: impl ToString) -> Value {
    let mut event = event_json("serve-mcp");
    event["body"] = body.to_string().into();
    event
}

fn tool_call(tool: &str, arguments: &Value) -> Value {
    with_body(json!({
        "jsonrpc": "2.0", "id": "a", "method": "tools/call",
        "params": { "name": tool, "arguments": arguments },
    }))
}

mod on_the_stack {
    use support::stack::Stack;

    use super::{Value, assert_problem, event_json, json};

    #[tokio::test]
    async fn an_analysis_of_a_user_is_requested_and_read() {
        let stack = Stack::running();
        let token = stack.sign_up().await.token;
        let event = event_json("serve-mcp.request-analysis");
        let message: Value = serde_json::from_str(event["body"].as_str().unwrap()).unwrap();
        let reply = stack.post_json("/mcp", Some(&token), &message).await.json();
        let analysis = &reply["result"]["structuredContent"];
        assert_eq!(analysis["status"], "requested", "{reply}");
        let path = format!("/v1/analyses/{}", analysis["id"].as_str().unwrap());
        stack.until(&path, Some(&token), |analysis| analysis["finished_at"].is_string()).await;

        let call = json!({
            "jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": { "name": "get_analysis", "arguments": { "id": analysis["id"] } },
        });
        let read = stack.post_json("/mcp", Some(&token), &call).await.json();
        let route = stack.get_json(&path, Some(&token)).await.json();
        assert_eq!(read["result"]["structuredContent"], route, "{read}");
        let mut later = call.clone();
        later["params"]["arguments"]["after"] = route["version"].clone();
        let later = stack.post_json("/mcp", Some(&token), &later).await.json();
        assert_eq!(later["result"]["structuredContent"]["events"], json!([]), "{later}");
        let stranger = stack.sign_up().await.token;
        let read = stack.post_json("/mcp", Some(&stranger), &call).await.json();
        assert_eq!(read["result"]["structuredContent"]["code"], "analysis_not_found", "{read}");
    }

    #[tokio::test]
    async fn get_and_delete_are_405_problems() {
        for method in ["GET", "DELETE"] {
            let reply =
                Stack::running().send(method, "/mcp", &[("accept", "text/event-stream")], "").await;
            assert_problem(&reply, 405, "method_not_allowed");
            assert_eq!(reply.header("allow"), "POST");
        }
    }
}
