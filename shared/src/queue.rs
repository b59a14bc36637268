//! Serving SQS events: records are decoded and worked on one by one, and those that failed go back alone.

#[cfg(feature = "sqs")]
mod aws;
mod ports;
#[cfg(feature = "sqs")]
mod sqs;

pub use ports::{ChangeVisibility, Publish, QueueError};
#[cfg(feature = "sqs")]
pub use sqs::Queue;

use std::{future::Future, time::Duration};

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use jiff::{SignedDuration, Timestamp};
use lambda_runtime::{LambdaEvent, service_fn};
use serde::de::DeserializeOwned;
use tracing::Instrument;

use crate::{Error, config::ConfigError, http_client::HttpClient, telemetry};

/// What happens to a message that was handled without an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is acknowledged: SQS deletes it.
    Ack,
    /// It is redelivered after this time.
    RetryAfter(SignedDuration),
}

/// What a worker returns. An error is logged with its causes, and the message is redelivered.
pub type WorkResult = Result<Outcome, Error>;

/// A message and when it was received.
#[derive(Debug)]
pub struct Delivery<M> {
    pub message: M,
    /// The message as it was sent, to be kept as a dead letter.
    pub body: String,
    pub received_at: Timestamp,
}

/// Runs a queue worker: starts logging, builds the dependencies once, then works on each record with `handle`.
///
/// `waits` is the queue the messages come from; it lets a message wait that asks for it.
pub async fn serve<W, D, M, F, Fut>(
    waits: impl FnOnce(&HttpClient) -> Result<W, ConfigError>,
    build: impl FnOnce(&HttpClient) -> Result<D, ConfigError>,
    handle: F,
) -> Result<(), Error>
where
    W: ChangeVisibility + 'static,
    D: Sync + 'static,
    M: DeserializeOwned + Send,
    F: Fn(&'static D, Delivery<M>) -> Fut + Sync + 'static,
    Fut: Future<Output = WorkResult> + Send,
{
    telemetry::init()?;
    let http = HttpClient::new()?;
    let waits: &'static W = Box::leak(Box::new(waits(&http)?));
    let dependencies: &'static D = Box::leak(Box::new(build(&http)?));
    let handle: &'static F = Box::leak(Box::new(handle));
    lambda_runtime::run(service_fn(move |event: LambdaEvent<SqsEvent>| async move {
        // On the heap: a worker's steps nest deeper than the compiler lays out in one piece.
        Ok::<_, Error>(Box::pin(work(waits, dependencies, handle, event.payload)).await)
    }))
    .await
}

/// One batch to the list of its failures: the only place that answers SQS.
pub async fn work<'d, W, D, M, F, Fut>(waits: &W, dependencies: &'d D, handle: F, batch: SqsEvent) -> SqsBatchResponse
where
    W: ChangeVisibility,
    M: DeserializeOwned,
    F: Fn(&'d D, Delivery<M>) -> Fut,
    Fut: Future<Output = WorkResult>,
{
    let mut response = SqsBatchResponse::default();
    for record in batch.records {
        let id = record.message_id.clone().unwrap_or_default();
        let span = tracing::info_span!("message", message.id = id);
        if !settled(waits, dependencies, &handle, record).instrument(span).await {
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = id;
            response.batch_item_failures.push(failure);
        }
    }
    response
}

/// Whether the record may be deleted.
async fn settled<'d, W, D, M, F, Fut>(waits: &W, dependencies: &'d D, handle: &F, record: SqsMessage) -> bool
where
    W: ChangeVisibility,
    M: DeserializeOwned,
    F: Fn(&'d D, Delivery<M>) -> Fut,
    Fut: Future<Output = WorkResult>,
{
    let body = record.body.unwrap_or_default();
    let message = match serde_json::from_str(&body) {
        Ok(message) => message,
        Err(error) => {
            tracing::error!(
                message.line = error.line(),
                message.column = error.column(),
                "the message has another shape"
            );
            return false;
        }
    };
    match handle(dependencies, Delivery { message, body, received_at: Timestamp::now() }).await {
        Ok(Outcome::Ack) => true,
        Ok(Outcome::RetryAfter(wait)) => {
            postpone(waits, record.receipt_handle.as_deref().unwrap_or_default(), wait).await;
            false
        }
        Err(error) => {
            tracing::error!(message.cause = telemetry::chain(&*error), "the message failed and comes again");
            false
        }
    }
}

/// A message whose wait cannot be set comes back after the queue's visibility timeout: later than asked, but it comes.
async fn postpone(waits: &impl ChangeVisibility, receipt_handle: &str, wait: SignedDuration) {
    // Whole seconds, rounded up: SQS knows no others, and too early would only be another wait.
    let seconds = u64::try_from(wait.as_millis()).unwrap_or_default().div_ceil(1000);
    if let Err(error) = waits.change_visibility(receipt_handle, Duration::from_secs(seconds)).await {
        tracing::warn!(message.cause = telemetry::chain(&error), "the message waits longer than it should");
    }
}
