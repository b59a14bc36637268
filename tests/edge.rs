//! The edge: its steps and their order, for a route that records them.

use std::sync::{Arc, Mutex};

use http::Response;
use jiff::Timestamp;
use serde_json::json;
use shared::{
    auth::{Credentials, Principal, Prove, Role, User},
    deadline::Deadline,
    http::{
        Body, Bookkeeping, Declared, Edge, Handled, HandlerResult, KIB, Lease, Queued, Rate,
        Request, Route,
    },
    problem::Problem,
};
use support::{
    Response as Reply, assert_problem, event_json,
    fakes::keys::{Project, verified_as},
    http_event,
};

const WRITE: Route<User> =
    Route::user("write", Role::Analyst).rate(Rate::Write).body(KIB).idempotent().audited();
const READ: Route<User> = Route::user("read", Role::Analyst).rate(Rate::Read).body(KIB);

/// The steps of one request, in their order.
#[derive(Debug, Clone, Default)]
struct Steps(Arc<Mutex<Vec<&'static str>>>);

impl Steps {
    fn add(&self, step: &'static str) {
        self.0.lock().unwrap().push(step);
    }

    fn taken(&self) -> Vec<&'static str> {
        self.0.lock().unwrap().clone()
    }
}

/// Proves with `proof` and records the step.
struct RecordedProof<P> {
    steps: Steps,
    proof: P,
}

impl<P: Prove<User>> Prove<User> for RecordedProof<P> {
    async fn prove(
        &self,
        credentials: Credentials<'_>,
        deadline: Deadline,
    ) -> Result<User, Problem> {
        self.steps.add("authenticate");
        self.proof.prove(credentials, deadline).await
    }
}

/// Records its steps, with a slow or refused lease, or with an earlier response to replay.
#[derive(Debug, Clone, Default)]
struct Recorder {
    steps: Steps,
    /// The lease takes longer than the handler of a read.
    is_slow: bool,
    refuses: bool,
    replays: bool,
}

impl Bookkeeping for Recorder {
    type Payer = &'static str;

    fn payer(&self, _: &impl Principal, _: &Request) -> &'static str {
        "payer"
    }

    async fn lease(&self, _: &Declared, _: &'static str, _: Deadline) -> Result<Lease, Problem> {
        for _ in 0..if self.is_slow { 3 } else { 1 } {
            tokio::task::yield_now().await;
        }
        self.steps.add("lease");
        if self.refuses { Err(Problem::upstream_unavailable()) } else { Ok(Lease) }
    }

    async fn replay(
        &self,
        _: &Declared,
        _: &impl Principal,
        _: &Request,
    ) -> Result<Option<Response<Body>>, Problem> {
        self.steps.add("replay");
        Ok(self.replays.then(|| Response::new(Body::from("\"earlier\""))))
    }

    fn count(&self, _: &Declared, handled: Handled) {
        self.steps.add(handled.code.unwrap_or("counted"));
    }
}

async fn handle(steps: &Steps, _: User, request: Request) -> HandlerResult<Queued<&'static str>> {
    steps.add("handler begins");
    for _ in 0..2 {
        tokio::task::yield_now().await;
    }
    steps.add("handler ends");
    request.no_query()?;
    Ok(Queued("done"))
}

/// Sends a body of this many bytes as a user with this role. Returns the reply and the steps.
async fn sent(
    route: Route<User>,
    role: &str,
    bytes: usize,
    recorder: Recorder,
) -> (Reply, Vec<&'static str>) {
    let (project, now) = (Project::default(), Timestamp::from_second(1_772_443_800).unwrap());
    let (verifier, token) = verified_as(&project, role, now);
    let mut event = event_json("create-analysis");
    event["headers"]["authorization"] = json!(format!("Bearer {token}"));
    event["body"] = json!("x".repeat(bytes));
    let proof = RecordedProof { steps: recorder.steps.clone(), proof: verifier };
    let steps = recorder.steps.clone();
    let edge = Edge::new(route, &steps, handle, proof).keeping(recorder);
    let (head, body) = edge.respond(Request::new(http_event(&event), "", now)).await.into_parts();
    (
        Reply { status: head.status.as_u16(), headers: head.headers, body: body.to_vec() },
        steps.taken(),
    )
}

#[tokio::test]
async fn a_write_takes_its_rate_lease_and_looks_for_a_replay_first() {
    let (reply, steps) = sent(WRITE, "analyst", 1, Recorder::default()).await;
    assert_eq!(reply.status, 202);
    let expected = ["authenticate", "lease", "replay", "handler begins", "handler ends", "counted"];
    assert_eq!(steps, expected);
}

#[tokio::test]
async fn a_read_takes_its_rate_lease_while_its_handler_runs() {
    let (reply, steps) = sent(READ, "analyst", 1, Recorder::default()).await;
    assert_eq!(reply.status, 202);
    assert_eq!(steps, ["authenticate", "handler begins", "lease", "handler ends", "counted"]);
}

#[tokio::test]
async fn no_response_is_sent_before_the_lease() {
    let recorder = Recorder { is_slow: true, refuses: true, ..Recorder::default() };
    let (reply, steps) = sent(READ, "analyst", 1, recorder).await;
    assert_problem(&reply, 503, "upstream_unavailable");
    let expected =
        ["authenticate", "handler begins", "handler ends", "lease", "upstream_unavailable"];
    assert_eq!(steps, expected);
}

#[tokio::test]
async fn a_write_without_a_lease_is_not_handled() {
    let (reply, steps) =
        sent(WRITE, "analyst", 1, Recorder { refuses: true, ..Recorder::default() }).await;
    assert_problem(&reply, 503, "upstream_unavailable");
    assert_eq!(steps, ["authenticate", "lease", "upstream_unavailable"]);
}

#[tokio::test]
async fn an_earlier_response_is_replayed_in_place_of_the_handler() {
    let (reply, steps) =
        sent(WRITE, "analyst", 1, Recorder { replays: true, ..Recorder::default() }).await;
    assert_eq!(reply.text(), "\"earlier\"");
    assert_eq!(steps, ["authenticate", "lease", "replay", "counted"]);
}

#[tokio::test]
async fn access_is_checked_before_the_body_cap() {
    let (reply, steps) = sent(WRITE, "viewer", 2 * KIB, Recorder::default()).await;
    assert_problem(&reply, 403, "forbidden");
    assert_eq!(steps, ["authenticate", "forbidden"]);
}

#[tokio::test]
async fn the_body_cap_comes_before_the_lease() {
    let (reply, steps) = sent(WRITE, "analyst", KIB + 1, Recorder::default()).await;
    assert_problem(&reply, 413, "payload_too_large");
    assert_eq!(steps, ["authenticate", "payload_too_large"]);
}
