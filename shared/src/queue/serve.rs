//! Runs queue workers on Lambda.

use std::future::Future;

use aws_lambda_events::sqs::SqsEvent;
use lambda_runtime::{LambdaEvent, service_fn};
use serde::de::DeserializeOwned;

use super::{
    sqs::{Queue, SqsConfig},
    work::Work,
    worker::{Delivery, WorkResult, Worker},
};
use crate::{Error, config::ConfigError, deadline::Deadline, http_client::HttpClient, telemetry};

/// Starts logging, builds the dependencies once, then handles each message with `handle`.
pub async fn serve<M, D, H, F>(
    work: Work<M>,
    dependencies: impl FnOnce(&HttpClient) -> Result<D, ConfigError>,
    handle: H,
) -> Result<(), Error>
where
    M: DeserializeOwned + Send + 'static,
    D: Sync + 'static,
    H: Fn(&'static D, Delivery<M>) -> F + Send + Sync + 'static,
    F: Future<Output = WorkResult> + Send,
{
    telemetry::init()?;
    let http = HttpClient::new()?;
    let queue = Queue::new(&SqsConfig::from_env(work.queue)?, &http);
    let dead_letters = Queue::from_env(work.queue.dead_letters(), &http)?;
    let dependencies: &'static D = Box::leak(Box::new(dependencies(&http)?));
    let worker: &'static Worker<'static, M, D, H, Queue> =
        Box::leak(Box::new(Worker::new(work, dependencies, handle, queue, dead_letters)));
    lambda_runtime::run(service_fn(move |event: LambdaEvent<SqsEvent>| async move {
        let (id, deadline) = (&event.context.request_id, Deadline::of(&event.context));
        // Boxed: the futures of a worker are nested too deeply for the compiler.
        Ok::<_, Error>(Box::pin(worker.process(event.payload, id, deadline)).await)
    }))
    .await
}
