//! `GET /health/live` and `GET /health/ready`: liveness, and readiness of each dependency.

mod probes;

use std::time::{Duration, Instant};

use http::StatusCode;
use serde::Serialize;
use shared::{
    auth::{Anyone, AuthConfig, Jwks},
    config::{ConfigError, SupabaseConfig},
    deadline::Deadline,
    http::{Cache, HandlerResult, Rate, Request, Resource, Route},
    http_client::HttpClient,
    queue::{Queue, QueueName},
};

pub use probes::{Database, Probe};

pub const ROUTE: Route<Anyone> = Route::open("get-health").rate(Rate::Unlimited);
/// A slower dependency counts as unavailable.
const TIMEOUT: Duration = Duration::from_secs(2);

/// The body of both routes; liveness has no checks.
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

    fn retry_after(&self) -> Option<u32> {
        (self.status == "unavailable").then_some(5)
    }
}

/// The dependencies that readiness checks.
#[derive(Debug)]
pub struct Deps<S, A, Q> {
    pub store: S,
    pub auth: A,
    pub analyses: Q,
    pub refreshes: Q,
}

impl Deps<Database, Jwks, Queue> {
    pub fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        Ok(Self {
            store: Database::new(&SupabaseConfig::publishable()?, http),
            auth: Jwks::new(&AuthConfig::from_env()?, http),
            analyses: Queue::from_env(QueueName::Analyses, http)?,
            refreshes: Queue::from_env(QueueName::Refreshes, http)?,
        })
    }
}

/// 200, or 503 when a dependency is unavailable.
pub async fn handle(
    deps: &Deps<impl Probe, impl Probe, impl Probe>,
    _: Anyone,
    request: Request,
) -> HandlerResult<Health> {
    request.no_query()?;
    if request.raw_path().ends_with("/live") {
        return Ok(Health { status: "ok", checks: None });
    }
    let deadline = request.deadline();
    let (store, auth, analyses, refreshes) = tokio::join!(
        check("database", &deps.store, deadline),
        check("auth", &deps.auth, deadline),
        check("analyses_queue", &deps.analyses, deadline),
        check("refreshes_queue", &deps.refreshes, deadline),
    );
    let checks = vec![store, auth, analyses, refreshes];
    let ready = checks.iter().all(|check| check.status == "ok");
    Ok(Health { status: if ready { "ready" } else { "unavailable" }, checks: Some(checks) })
}

async fn check(name: &'static str, dependency: &impl Probe, deadline: Deadline) -> Check {
    let began = Instant::now();
    let is_available = deadline.limit(TIMEOUT, dependency.probe(deadline)).await.unwrap_or(false);
    if !is_available {
        tracing::warn!(dependency.name = name, "a dependency is unavailable");
    }
    let duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    Check { name, status: if is_available { "ok" } else { "failed" }, duration_ms }
}
