//! `GET /health/live` and `GET /health/ready`: whether we run, and whether what we depend on answers.

mod probes;

pub use probes::{Database, Probe};

use std::time::{Duration, Instant};

use http::StatusCode;
use serde::Serialize;
use shared::{
    auth::Jwks,
    config::ConfigError,
    http::{Cache, HandlerResult, Request, Resource},
    http_client::HttpClient,
    queue::Queue,
};

/// A dependency slower than this does not count as there.
const TIMEOUT: Duration = Duration::from_secs(2);

/// The answer of both routes; liveness has no checks.
#[derive(Debug, Serialize)]
pub struct Health {
    pub status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checks: Option<Vec<Check>>,
}

#[derive(Debug, Serialize)]
pub struct Check {
    pub name: &'static str,
    pub status: &'static str,
    pub duration_ms: u64,
}

impl Resource for Health {
    const CACHE: Cache = Cache::Never;

    fn status(&self) -> StatusCode {
        if self.status == "unavailable" { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK }
    }
}

/// What readiness depends on.
#[derive(Debug)]
pub struct Dependencies<S, A, Q> {
    pub store: S,
    pub auth: A,
    /// Of analyses, and of refreshes.
    pub queues: [Q; 2],
}

impl Dependencies<Database, Jwks, Queue> {
    /// The queues at `ANALYSES_QUEUE_URL` and `REFRESHES_QUEUE_URL`.
    pub fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        let queues = [Queue::from_env("ANALYSES_QUEUE_URL", http)?, Queue::from_env("REFRESHES_QUEUE_URL", http)?];
        Ok(Self { store: Database::from_env(http)?, auth: Jwks::from_env(http)?, queues })
    }
}

/// 200, or 503 when a dependency does not answer.
pub async fn handle(on: &Dependencies<impl Probe, impl Probe, impl Probe>, request: Request) -> HandlerResult<Health> {
    request.query(&[])?;
    if request.raw_path().ends_with("/live") {
        return Ok(Health { status: "ok", checks: None });
    }
    let [analyses, refreshes] = &on.queues;
    let (store, auth, analyses, refreshes) = tokio::join!(
        check("database", &on.store),
        check("auth", &on.auth),
        check("analyses_queue", analyses),
        check("refreshes_queue", refreshes),
    );
    let checks = vec![store, auth, analyses, refreshes];
    let ready = checks.iter().all(|check| check.status == "ok");
    Ok(Health { status: if ready { "ready" } else { "unavailable" }, checks: Some(checks) })
}

async fn check(name: &'static str, dependency: &impl Probe) -> Check {
    let began = Instant::now();
    let answered = tokio::time::timeout(TIMEOUT, dependency.probe()).await.unwrap_or(false);
    let duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    Check { name, status: if answered { "ok" } else { "failed" }, duration_ms }
}
