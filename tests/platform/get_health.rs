//! `GET /health/live` and `GET /health/ready`

use get_health::Probe;
use get_health::{Deps, ROUTE, handle};
use shared::deadline::Deadline;
use support::{Response, app::App, stack::Stack};

/// A dependency that is available or not.
struct Available(bool);

impl Probe for Available {
    async fn probe(&self, _: Deadline) -> bool {
        self.0
    }
}

/// The reply to a shipped event, with Supabase Auth available or not.
async fn reply(auth_is_available: bool, event: &str) -> Response {
    let deps = Deps {
        store: Available(true),
        auth: Available(auth_is_available),
        analyses: Available(true),
        refreshes: Available(true),
    };
    App::default().mount(ROUTE, deps, handle, ()).event(event).await
}

#[tokio::test]
async fn a_process_is_alive_while_a_dependency_is_unavailable() {
    let reply = reply(false, "get-health").await;
    assert_eq!((reply.status, reply.header("cache-control")), (200, "no-store"));
    assert_eq!(reply.json(), serde_json::json!({ "status": "ok" }));
}

#[tokio::test]
async fn it_is_ready_when_every_dependency_is_available() {
    let reply = reply(true, "get-health.ready").await;
    assert_eq!((reply.status, reply.header("retry-after")), (200, ""));
    let body = reply.json();
    assert_eq!(body["status"], "ready");
    let names: Vec<&str> = body["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|check| check["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["database", "auth", "analyses_queue", "refreshes_queue"]);
}

#[tokio::test]
async fn an_unavailable_dependency_is_a_503_that_names_it() {
    let reply = reply(false, "get-health.ready").await;
    assert_eq!((reply.status, reply.header("retry-after")), (503, "5"));
    let body = reply.json();
    assert_eq!(body["status"], "unavailable");
    let failed: Vec<&str> = body["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["status"] == "failed")
        .map(|check| check["name"].as_str().unwrap())
        .collect();
    assert_eq!(failed, ["auth"]);
}

mod on_the_stack {
    use super::*;

    #[tokio::test]
    async fn the_stack_is_ready() {
        let reply = Stack::running().get_json("/health/ready", None).await;
        assert_eq!(
            (reply.status, reply.json()["status"].as_str()),
            (200, Some("ready")),
            "{reply:?}"
        );
    }
}
