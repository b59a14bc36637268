//! Scheduled jobs. The content of their events is not used.

use std::{future::Future, time::Duration};

use jiff::Timestamp;
use lambda_runtime::{LambdaEvent, service_fn};
use serde::de::IgnoredAny;
use tracing::Instrument;

use crate::{Error, config::ConfigError, deadline::Deadline, http_client::HttpClient, telemetry};

/// A scheduled job. A test compares it with the template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Job {
    /// The name of its function.
    pub id: &'static str,
    pub every: Duration,
    /// Timeout of an invocation.
    pub timeout: Duration,
}

/// One run of a job.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    pub began_at: Timestamp,
    /// The instant before which every call made in this run must end.
    pub deadline: Deadline,
}

/// Starts logging, builds the dependencies once, then calls `handle` for each event.
///
/// An error is logged with its causes and fails the invocation, so that it counts in the error
/// metric of the function.
pub async fn serve<D, H, F>(
    job: Job,
    dependencies: impl FnOnce(&HttpClient) -> Result<D, ConfigError>,
    handle: H,
) -> Result<(), Error>
where
    D: Sync + 'static,
    H: Fn(&'static D, Run) -> F + Sync + 'static,
    F: Future<Output = Result<(), Error>> + Send,
{
    telemetry::init()?;
    let dependencies: &'static D = Box::leak(Box::new(dependencies(&HttpClient::new()?)?));
    let handle: &'static H = Box::leak(Box::new(handle));
    lambda_runtime::run(service_fn(move |event: LambdaEvent<IgnoredAny>| async move {
        let run = Run { began_at: Timestamp::now(), deadline: Deadline::of(&event.context) };
        let span = tracing::info_span!("job", lambda.request_id = event.context.request_id);
        // Boxed: the futures of a job are nested too deeply for the compiler.
        let result = Box::pin(handle(dependencies, run)).instrument(span.clone()).await;
        span.in_scope(|| log(job.id, run.began_at, &result));
        result
    }))
    .await
}

fn log(job: &str, began_at: Timestamp, result: &Result<(), Error>) {
    let milliseconds = Timestamp::now().duration_since(began_at).as_millis_f64();
    match result {
        Ok(()) => tracing::info!(job, job.duration_ms = milliseconds, "the scheduled job ended"),
        Err(error) => {
            let cause = telemetry::chain(&**error);
            tracing::error!(
                job,
                job.duration_ms = milliseconds,
                job.cause = cause,
                "the scheduled job failed"
            );
        }
    }
}
