//! The ports of queues, implemented with SQS.

use std::{ops::ControlFlow, time::Duration};

use aws_sdk_sqs::{
    Client,
    types::{QueueAttributeName, SendMessageBatchRequestEntry},
};
use serde::Serialize;

use super::{
    aws::AwsConfig,
    ports::{ChangeVisibility, DeadLetterQueue, Publish, QueueError, TIMEOUT},
    work::QueueName,
};
use crate::{
    config::{self, ConfigError},
    deadline::Deadline,
    http_client::HttpClient,
    telemetry,
};

/// The maximum number of messages in one `SendMessageBatch`.
const BATCH: usize = 10;
const MAX_DELAY_SECONDS: u64 = 15 * 60;
const MAX_VISIBILITY_SECONDS: u64 = 12 * 60 * 60;

/// One queue in the account of the function.
#[derive(Debug)]
pub struct SqsConfig {
    aws: AwsConfig,
    /// The URL, from `ANALYSES_QUEUE_URL` or another [`QueueName::variable`].
    url: String,
}

impl SqsConfig {
    pub fn from_env(queue: QueueName) -> Result<Self, ConfigError> {
        Ok(Self { url: config::required(queue.variable())?, aws: AwsConfig::from_env()? })
    }
}

/// One queue.
#[derive(Debug)]
pub struct Queue {
    url: String,
    client: Client,
}

impl Queue {
    pub fn new(config: &SqsConfig, http: &HttpClient) -> Self {
        Self { url: config.url.clone(), client: Client::from_conf(config.aws.sqs(http)) }
    }

    /// The queue whose URL is in the environment.
    pub fn from_env(queue: QueueName, http: &HttpClient) -> Result<Self, ConfigError> {
        Ok(Self::new(&SqsConfig::from_env(queue)?, http))
    }

    /// True when the queue is available.
    pub async fn is_available(&self, deadline: Deadline) -> bool {
        let request = self.client.get_queue_attributes().queue_url(&self.url);
        let request = request.attribute_names(QueueAttributeName::QueueArn);
        matches!(deadline.limit(TIMEOUT, request.send()).await, Ok(Ok(_)))
    }

    async fn publish_batch<M: Serialize + Sync>(
        &self,
        messages: &[M],
        delay: i32,
        deadline: Deadline,
    ) -> Result<Vec<usize>, QueueError> {
        let entries =
            messages.iter().enumerate().map(|(index, message)| entry(index, message, delay));
        let entries = entries.collect::<Result<Vec<_>, _>>()?;
        let request =
            self.client.send_message_batch().queue_url(&self.url).set_entries(Some(entries));
        let sent =
            deadline.limit(TIMEOUT, request.send()).await.map_err(failed)?.map_err(failed)?;
        Ok(sent.failed().iter().filter_map(|entry| entry.id().parse().ok()).collect())
    }
}

fn entry(
    index: usize,
    message: &impl Serialize,
    delay: i32,
) -> Result<SendMessageBatchRequestEntry, QueueError> {
    let body = serde_json::to_string(message).map_err(failed)?;
    let entry = SendMessageBatchRequestEntry::builder().id(index.to_string()).message_body(body);
    entry.delay_seconds(delay).build().map_err(failed)
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> QueueError {
    QueueError(error.into())
}

fn seconds(duration: Duration, most: u64) -> i32 {
    i32::try_from(duration.as_secs().min(most)).unwrap_or(i32::MAX)
}

impl Publish for Queue {
    async fn publish<M: Serialize + Sync>(
        &self,
        messages: &[M],
        delay: Duration,
        deadline: Deadline,
    ) -> Result<Vec<usize>, QueueError> {
        let delay = seconds(delay, MAX_DELAY_SECONDS);
        let mut unsent = Unsent { messages: messages.len(), indexes: Vec::new() };
        for (number, batch) in messages.chunks(BATCH).enumerate() {
            let sent = self.publish_batch(batch, delay, deadline).await;
            if unsent.add(number, sent)?.is_break() {
                break;
            }
        }
        Ok(unsent.indexes)
    }
}

/// The messages of a call that were not accepted.
#[derive(Debug)]
struct Unsent {
    messages: usize,
    indexes: Vec<usize>,
}

impl Unsent {
    /// Adds the outcome of a batch. When it could not be sent, no other is: the messages of earlier
    /// batches were accepted, so it is an error of the whole call only if there are none.
    fn add(
        &mut self,
        number: usize,
        sent: Result<Vec<usize>, QueueError>,
    ) -> Result<ControlFlow<()>, QueueError> {
        let first = number * BATCH;
        match sent {
            Ok(indexes) => {
                self.indexes.extend(indexes.into_iter().map(|index| first + index));
                Ok(ControlFlow::Continue(()))
            }
            Err(error) if first == 0 => Err(error),
            Err(error) => {
                let cause = telemetry::chain(&error);
                tracing::warn!(queue.cause = cause, "the queue accepted only some batches");
                self.indexes.extend(first..self.messages);
                Ok(ControlFlow::Break(()))
            }
        }
    }
}

impl DeadLetterQueue for Queue {
    async fn send(&self, body: &str, deadline: Deadline) -> Result<(), QueueError> {
        let request = self.client.send_message().queue_url(&self.url).message_body(body);
        deadline.limit(TIMEOUT, request.send()).await.map_err(failed)?.map_err(failed)?;
        Ok(())
    }
}

impl ChangeVisibility for Queue {
    async fn change_visibility(
        &self,
        receipt_handle: &str,
        timeout: Duration,
        deadline: Deadline,
    ) -> Result<(), QueueError> {
        let request = self.client.change_message_visibility().queue_url(&self.url);
        let timeout = seconds(timeout, MAX_VISIBILITY_SECONDS);
        let request = request.receipt_handle(receipt_handle).visibility_timeout(timeout);
        deadline.limit(TIMEOUT, request.send()).await.map_err(failed)?.map_err(failed)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn down() -> Result<Vec<usize>, QueueError> {
        Err(QueueError("connection refused".into()))
    }

    #[test]
    fn messages_of_earlier_batches_were_sent_when_a_later_one_cannot_be() {
        let mut unsent = Unsent { messages: 35, indexes: Vec::new() };
        assert!(unsent.add(0, Ok(Vec::new())).unwrap().is_continue());
        assert!(unsent.add(1, Ok(vec![3])).unwrap().is_continue());
        assert!(unsent.add(2, down()).unwrap().is_break());
        let expected: Vec<usize> = [13].into_iter().chain(20..35).collect();
        assert_eq!(unsent.indexes, expected);
    }

    #[test]
    fn a_first_batch_that_cannot_be_sent_is_an_error() {
        let mut unsent = Unsent { messages: 35, indexes: Vec::new() };
        let error = unsent.add(0, down()).unwrap_err();
        assert_eq!(error.to_string(), "the queue is unavailable");
    }
}
