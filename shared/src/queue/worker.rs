//! The steps around the handler of every message, in one order.

use std::{future::Future, time::Duration};

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use tracing::{Instrument, field::Empty};

use super::{ports, work::Work};
use crate::{Error, deadline::Deadline, telemetry};

/// The result of a message that was handled without an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The message is acknowledged: SQS deletes it.
    Ack,
    /// The message is redelivered after this time.
    RetryAfter(SignedDuration),
}

/// The result of a handler. An error is logged with its causes, and the message is redelivered.
pub type WorkResult = Result<Outcome, Error>;

/// One delivery of a message.
#[derive(Debug)]
pub struct Delivery<M> {
    pub message: M,
    /// The message as it was sent, for the dead-letter queue.
    pub body: String,
    pub received_at: Timestamp,
    /// The instant before which every call made for this message must end.
    pub deadline: Deadline,
}

/// A worker with its handler, dependencies and queues.
///
/// The steps for each message of a batch: parse, handle, one log line, acknowledge or change
/// visibility. A message that cannot be parsed goes to the dead-letter queue instead of the
/// handler. Only messages that were not acknowledged are reported as failures, so only they are
/// redelivered.
#[derive(Debug)]
pub struct Worker<'d, M, D, H, V> {
    work: Work<M>,
    dependencies: &'d D,
    handle: H,
    queue: V,
    dead_letters: V,
}

impl<'d, M, D, H, V, F> Worker<'d, M, D, H, V>
where
    M: DeserializeOwned,
    H: Fn(&'d D, Delivery<M>) -> F,
    F: Future<Output = WorkResult>,
    V: ports::ChangeVisibility + ports::DeadLetterQueue,
{
    /// `queue` is the queue of the messages, `dead_letters` its dead-letter queue.
    pub fn new(work: Work<M>, dependencies: &'d D, handle: H, queue: V, dead_letters: V) -> Self {
        Self { work, dependencies, handle, queue, dead_letters }
    }

    /// Handles a batch and returns its failures. `lambda_id` is Lambda's id of the invocation.
    pub async fn process(
        &self,
        batch: SqsEvent,
        lambda_id: &str,
        deadline: Deadline,
    ) -> SqsBatchResponse {
        let mut response = SqsBatchResponse::default();
        for record in batch.records {
            let id = record.message_id.clone().unwrap_or_default();
            let span = tracing::info_span!(
                "message",
                lambda.request_id = lambda_id,
                message.id = id,
                // Recorded by the handler that knows them.
                refresh.id = Empty,
                stock.symbol = Empty,
            );
            if !self.acknowledges(record, deadline).instrument(span).await {
                let mut failure = BatchItemFailure::default();
                failure.item_identifier = id;
                response.batch_item_failures.push(failure);
            }
        }
        response
    }

    async fn acknowledges(&self, record: SqsMessage, deadline: Deadline) -> bool {
        let (began, receipt_handle) = (Timestamp::now(), record.receipt_handle.unwrap_or_default());
        let outcome = self.handled(record.body.unwrap_or_default(), began, deadline).await;
        self.log(&outcome, began);
        match outcome {
            Ok(Outcome::Ack) => true,
            Ok(Outcome::RetryAfter(wait)) => {
                self.postpone(&receipt_handle, wait, deadline).await;
                false
            }
            Err(_) => false,
        }
    }

    async fn handled(
        &self,
        body: String,
        received_at: Timestamp,
        deadline: Deadline,
    ) -> WorkResult {
        let message = match serde_json::from_str(&body) {
            Ok(message) => message,
            Err(error) => {
                tracing::error!(
                    worker = self.work.id,
                    message.line = error.line(),
                    message.column = error.column(),
                    "the message is unreadable and goes to the dead-letter queue"
                );
                // No later delivery could be read. If this fails, the message is redelivered.
                self.dead_letters.send(&body, deadline).await?;
                return Ok(Outcome::Ack);
            }
        };
        (self.handle)(self.dependencies, Delivery { message, body, received_at, deadline }).await
    }

    fn log(&self, outcome: &WorkResult, began: Timestamp) {
        let milliseconds = Timestamp::now().duration_since(began).as_millis_f64();
        let worker = self.work.id;
        let (text, wait) = match outcome {
            Ok(Outcome::Ack) => ("the message was acknowledged", None),
            Ok(Outcome::RetryAfter(wait)) => ("the message will be redelivered", Some(wait)),
            Err(error) => {
                return tracing::error!(
                    worker,
                    message.duration_ms = milliseconds,
                    message.cause = telemetry::chain(&**error),
                    "the message failed and will be redelivered"
                );
            }
        };
        let wait = wait.map(SignedDuration::as_secs_f64);
        tracing::info!(
            worker,
            message.duration_ms = milliseconds,
            message.retry_after_s = wait,
            "{text}"
        );
    }

    /// Changes the visibility of a message. If that fails, the message is redelivered after the
    /// visibility timeout of the queue.
    async fn postpone(&self, receipt_handle: &str, wait: SignedDuration, deadline: Deadline) {
        // SQS takes whole seconds only. They are rounded up: a delivery that is too early would be
        // postponed again.
        let seconds = u64::try_from(wait.as_millis()).unwrap_or_default().div_ceil(1000);
        let wait = Duration::from_secs(seconds);
        if let Err(error) = self.queue.change_visibility(receipt_handle, wait, deadline).await {
            let cause = telemetry::chain(&error);
            tracing::warn!(message.cause = cause, "could not change message visibility");
        }
    }
}
