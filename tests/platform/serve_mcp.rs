//! `POST /mcp`.

mod protocol;
mod tools;

use analyses::{CreateAnalysis, Created, NewAnalysis};
use market::fakes::MemoryMarkets;
use serde_json::{Value, json};
use serve_mcp::{Routes, Server};
use shared::{auth::Auth, store::StoreError};
use support::{
    Response, assert_problem, call, event_json,
    fakes::{
        keys::Project,
        queues::{MemoryOutbox, MemoryQueue},
    },
    http_event,
};

use crate::market::list_stocks::pager;

/// Knows no stock.
#[derive(Debug)]
struct NoStock;

impl CreateAnalysis for NoStock {
    async fn create(&self, _: NewAnalysis<'_>) -> Result<Created, StoreError> {
        Err(StoreError::Refused { code: "stock_not_found".to_owned(), detail: "No stock.".to_owned() })
    }
}

type Fake = Server<Routes<&'static Project, MemoryMarkets, NoStock, (MemoryQueue, MemoryOutbox)>>;

fn server(markets: MemoryMarkets) -> &'static Fake {
    let project: &'static Project = Box::leak(Box::default());
    let routes = Routes {
        auth: Auth::new("https://project.supabase.co", project, None),
        markets,
        pager: pager(),
        analyses: NoStock,
        queue: (MemoryQueue::default(), MemoryOutbox::with(0)),
    };
    Box::leak(Box::new(Server::new(routes, ["https://agents.example.com:443".to_owned()])))
}

async fn posted(event: &Value) -> Response {
    posted_to(MemoryMarkets::with_january(), event).await
}

async fn posted_to(markets: MemoryMarkets, event: &Value) -> Response {
    call(server(markets), serve_mcp::handle, http_event(event)).await
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
        "jsonrpc": "2.0", "id": "a", "method": "tools/call", "params": { "name": tool, "arguments": arguments },
    }))
}

mod on_the_stack {
    use support::stack::Stack;

    use super::{Value, assert_problem, event_json};

    #[tokio::test]
    async fn an_analysis_of_a_user_is_requested() {
        let stack = Stack::running();
        let token = stack.sign_up().await.token;
        let event = event_json("serve-mcp.request-analysis");
        let message: Value = serde_json::from_str(event["body"].as_str().unwrap()).unwrap();
        let answer = stack.post_json("/mcp", Some(&token), &message).await.json();
        let analysis = &answer["result"]["structuredContent"];
        assert_eq!(analysis["status"], "requested", "{answer}");
        let path = format!("/v1/analyses/{}", analysis["id"].as_str().unwrap());
        assert_eq!(stack.get_json(&path, Some(&token)).await.status, 200);
    }

    #[tokio::test]
    async fn there_is_nothing_to_get_or_delete() {
        for method in ["GET", "DELETE"] {
            let reply = Stack::running().send(method, "/mcp", &[("accept", "text/event-stream")], "").await;
            assert_problem(&reply, 405, "method_not_allowed");
            assert_eq!(reply.header("allow"), "POST");
        }
    }
}
