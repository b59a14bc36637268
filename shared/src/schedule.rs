//! Serving schedules: the event says only that it is time.

use std::future::Future;

use jiff::{SignedDuration, Timestamp};
use lambda_runtime::{LambdaEvent, service_fn};
use serde::de::IgnoredAny;

use crate::{Error, config::ConfigError, http_client::HttpClient, telemetry};

/// When a run began, and when Lambda will end it.
#[derive(Debug, Clone, Copy)]
pub struct Tick {
    pub now: Timestamp,
    pub deadline: Timestamp,
}

impl Tick {
    /// The time left until Lambda ends the run.
    pub fn remaining(&self) -> SignedDuration {
        self.deadline.duration_since(Timestamp::now())
    }
}

/// Runs a scheduled job: starts logging, builds the dependencies once, then calls `handle` at each event.
///
/// An error is logged with its causes and fails the invocation, so that it counts in the function's error metric.
pub async fn serve<D, F, Fut>(build: impl FnOnce(&HttpClient) -> Result<D, ConfigError>, handle: F) -> Result<(), Error>
where
    D: Sync + 'static,
    F: Fn(&'static D, Tick) -> Fut + Sync + 'static,
    Fut: Future<Output = Result<(), Error>> + Send,
{
    telemetry::init()?;
    let dependencies: &'static D = Box::leak(Box::new(build(&HttpClient::new()?)?));
    let handle: &'static F = Box::leak(Box::new(handle));
    lambda_runtime::run(service_fn(move |event: LambdaEvent<IgnoredAny>| async move {
        let deadline = i64::try_from(event.context.deadline).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
        let tick = Tick { now: Timestamp::now(), deadline: deadline.unwrap_or(Timestamp::MAX) };
        handle(dependencies, tick).await.inspect_err(|error| {
            tracing::error!(job.cause = telemetry::chain(&**error), "the scheduled job failed");
        })
    }))
    .await
}
