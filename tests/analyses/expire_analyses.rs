//! The schedule that ends the analyses that have expired.

use std::{sync::Mutex, time::Duration};

use analyses::AnalysisId;
use expire_analyses::{Deps, ExpireAnalyses, Expired, handle};
use jiff::Timestamp;
use shared::{deadline::Deadline, schedule::Run, store::StoreError};

/// Analyses that have expired, and the number of calls.
#[derive(Debug)]
struct Overdue {
    left: Mutex<usize>,
    calls: Mutex<usize>,
}

impl Overdue {
    fn with(left: usize) -> Deps<Self> {
        Deps { analyses: Self { left: Mutex::new(left), calls: Mutex::default() } }
    }
}

impl ExpireAnalyses for Overdue {
    async fn expire(&self, count: u32, _: Deadline) -> Result<Vec<Expired>, StoreError> {
        *self.calls.lock().unwrap() += 1;
        let mut left = self.left.lock().unwrap();
        let ended = (count as usize).min(*left);
        *left -= ended;
        Ok((0..ended).map(|_| ended_now()).collect())
    }
}

fn ended_now() -> Expired {
    Expired { analysis_id: AnalysisId::generate(), code: "no_result".to_owned() }
}

/// The store is unavailable.
struct Down;

impl ExpireAnalyses for Down {
    async fn expire(&self, _: u32, _: Deadline) -> Result<Vec<Expired>, StoreError> {
        Err(StoreError::Unavailable("connection refused".into()))
    }
}

fn run(left: Duration) -> Run {
    Run { began_at: Timestamp::UNIX_EPOCH, deadline: Deadline::after(left) }
}

#[tokio::test]
async fn every_expired_analysis_is_ended_in_batches() {
    let overdue = Overdue::with(250);
    handle(&overdue, run(Duration::from_secs(50))).await.unwrap();
    assert_eq!(*overdue.analyses.left.lock().unwrap(), 0);
}

#[tokio::test]
async fn a_run_near_its_deadline_begins_no_batch() {
    let overdue = Overdue::with(1);
    handle(&overdue, run(Duration::from_secs(8))).await.unwrap();
    assert_eq!(*overdue.analyses.calls.lock().unwrap(), 0);
}

#[tokio::test]
async fn a_store_that_is_down_fails_the_run() {
    let error = handle(&Deps { analyses: Down }, run(Duration::from_secs(50))).await.unwrap_err();
    assert_eq!(error.to_string(), "the store is unavailable");
}

mod on_the_stack {
    use serde_json::{Value, json};
    use support::{
        event_json,
        stack::{Stack, User},
    };
    use tokio_postgres::Client;
    use uuid::Uuid;

    struct World {
        stack: Stack,
        admin: Client,
        owner: User,
    }

    impl World {
        async fn new() -> Self {
            let stack = Stack::running();
            let (admin, owner) = (stack.admin().await, stack.sign_up().await);
            Self { stack, admin, owner }
        }

        /// An analysis whose message is never sent.
        async fn requested(&self, workflow: &str) -> String {
            let id = Uuid::now_v7().to_string();
            let arguments = json!({
                "p_id": id, "p_actor": self.owner.id, "p_symbol": "AAPL", "p_workflow": workflow,
                "p_parameters": {}, "p_traceparent": null,
            });
            self.call("create_analysis", &arguments).await;
            let mark = "update public.outbox set sent_at = now() where id::text = $1";
            self.admin.execute(mark, &[&id]).await.unwrap();
            id
        }

        /// An analysis that was accepted; its lease and its times are in the past.
        async fn accepted(&self, workflow: &str) -> String {
            let id = self.requested(workflow).await;
            let begun = json!({ "attempt": 1, "lease_until": "2026-01-01T00:00:00Z" });
            self.append(&id, 1, "dispatched", &begun).await;
            self.append(&id, 2, "accepted", &json!({ "execution_id": "7" })).await;
            id
        }

        async fn append(&self, id: &str, version: i64, kind: &str, data: &Value) {
            let arguments = json!({
                "p_analysis_id": id, "p_version": version, "p_type": kind, "p_data": data,
                "p_actor": "test", "p_webhook_id": null,
            });
            self.call("append_analysis_event", &arguments).await;
        }

        async fn call(&self, function: &str, arguments: &Value) {
            let path = format!("/rpc/{function}");
            let reply = self.stack.rest_as_service("POST", &path, arguments).await;
            assert_eq!(reply.status, 200, "{}", reply.json());
        }

        /// Moves times of an analysis into the past.
        async fn age(&self, id: &str, columns: &[&str], seconds: i32) {
            for column in columns {
                let age = format!(
                    "update public.analyses set {column} = {column} - make_interval(secs => $2)
                     where id::text = $1"
                );
                self.admin.execute(&age, &[&id, &f64::from(seconds)]).await.unwrap();
            }
        }

        async fn run(&self) {
            let reply = self.stack.invoke("expire-analyses", &event_json("expire-analyses")).await;
            assert_eq!((reply.status, reply.body.as_ref()), (200, b"null".as_slice()));
        }

        async fn read(&self, id: &str) -> Value {
            let path = format!("/v1/analyses/{id}");
            self.stack.get_json(&path, Some(&self.owner.token)).await.json()
        }

        /// Status and code of the error.
        async fn end(&self, id: &str) -> (Value, Value) {
            let analysis = self.read(id).await;
            (analysis["status"].clone(), analysis["error"]["code"].clone())
        }
    }

    fn expired(code: &str) -> (Value, Value) {
        (json!("expired"), json!(code))
    }

    #[tokio::test]
    async fn an_analysis_that_is_not_accepted_within_a_day_expires() {
        let world = World::new().await;
        let (late, waiting) =
            (world.requested("stock-analysis").await, world.requested("stock-analysis").await);
        world.age(&late, &["queued_at"], 24 * 3600).await;
        world.age(&waiting, &["queued_at"], 24 * 3600 - 60).await;
        world.run().await;
        assert_eq!(world.end(&late).await, expired("not_accepted"));
        assert_eq!(world.end(&waiting).await, (json!("requested"), Value::Null));
        let last = world.read(&late).await["events"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(
            (&last["type"], &last["data"]["code"]),
            (&json!("expired"), &json!("not_accepted"))
        );
    }

    #[tokio::test]
    async fn an_accepted_analysis_without_a_result_in_time_expires() {
        let world = World::new().await;
        let (late, running) =
            (world.accepted("stock-analysis").await, world.accepted("stock-analysis").await);
        world.age(&late, &["accepted_at"], 900).await;
        world.age(&running, &["accepted_at"], 840).await;
        world.run().await;
        assert_eq!(world.end(&late).await, expired("no_result"));
        assert_eq!(world.end(&running).await, (json!("accepted"), Value::Null));
    }

    #[tokio::test]
    async fn an_accepted_analysis_without_progress_in_time_expires() {
        let world = World::new().await;
        let workflow = world.stack.add_workflow("heartbeat", true).await;
        let limit = "update public.workflows set heartbeat_timeout_seconds = 60 where name = $1";
        world.admin.execute(limit, &[&workflow]).await.unwrap();
        let (silent, alive) = (world.accepted(&workflow).await, world.accepted(&workflow).await);
        for id in [&silent, &alive] {
            world.age(id, &["accepted_at"], 90).await;
        }
        let progress = json!({ "p_analysis_id": alive, "p_progress": 0, "p_attempt": 1 });
        world.call("record_analysis_progress", &progress).await;
        world.run().await;
        assert_eq!(world.end(&silent).await, expired("no_progress"));
        assert_eq!(world.end(&alive).await, (json!("accepted"), Value::Null));
    }
}
