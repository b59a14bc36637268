//! SQS queues.

use std::time::Duration;

use aws_sdk_sqs::{
    Client,
    types::{QueueAttributeName, SendMessageBatchRequestEntry},
};
use serde::Serialize;

use crate::{
    config::{self, ConfigError},
    http_client::HttpClient,
    queue::{ChangeVisibility, Publish, QueueError, aws},
};

/// SQS takes this many messages in one call.
const BATCH: usize = 10;

/// One queue.
#[derive(Debug)]
pub struct Queue {
    url: String,
    client: Client,
}

impl Queue {
    /// The queue whose address is in `variable` (`ANALYSES_QUEUE_URL`, ...).
    pub fn from_env(variable: &'static str, http: &HttpClient) -> Result<Self, ConfigError> {
        Ok(Self { url: config::required(variable)?, client: Client::from_conf(aws::sqs_config(http)?) })
    }

    /// Sends one message as it is.
    pub async fn send(&self, body: &str) -> Result<(), QueueError> {
        self.client.send_message().queue_url(&self.url).message_body(body).send().await.map_err(channel)?;
        Ok(())
    }

    /// Whether the queue answers.
    pub async fn answers(&self) -> bool {
        let request = self.client.get_queue_attributes().queue_url(&self.url);
        request.attribute_names(QueueAttributeName::QueueArn).send().await.is_ok()
    }

    async fn publish_batch<M: Serialize + Sync>(&self, messages: &[M], delay: i32) -> Result<Vec<usize>, QueueError> {
        let entry = |(index, message): (usize, &M)| {
            let body = serde_json::to_string(message).map_err(channel)?;
            let entry = SendMessageBatchRequestEntry::builder().id(index.to_string()).message_body(body);
            entry.delay_seconds(delay).build().map_err(channel)
        };
        let entries = messages.iter().enumerate().map(entry).collect::<Result<Vec<_>, _>>()?;
        let sent = self.client.send_message_batch().queue_url(&self.url).set_entries(Some(entries)).send().await;
        Ok(sent.map_err(channel)?.failed().iter().filter_map(|entry| entry.id().parse().ok()).collect())
    }
}

fn channel(error: impl std::error::Error + Send + Sync + 'static) -> QueueError {
    QueueError(error.into())
}

fn seconds(duration: Duration, most: u64) -> i32 {
    i32::try_from(duration.as_secs().min(most)).unwrap_or(i32::MAX)
}

impl Publish for Queue {
    async fn publish<M: Serialize + Sync>(&self, messages: &[M], delay: Duration) -> Result<Vec<usize>, QueueError> {
        let delay = seconds(delay, 15 * 60);
        let mut failed = Vec::new();
        for (number, batch) in messages.chunks(BATCH).enumerate() {
            let lost = self.publish_batch(batch, delay).await?;
            failed.extend(lost.into_iter().map(|index| number * BATCH + index));
        }
        Ok(failed)
    }
}

impl ChangeVisibility for Queue {
    async fn change_visibility(&self, receipt_handle: &str, wait: Duration) -> Result<(), QueueError> {
        let request = self.client.change_message_visibility().queue_url(&self.url).receipt_handle(receipt_handle);
        request.visibility_timeout(seconds(wait, 12 * 60 * 60)).send().await.map_err(channel)?;
        Ok(())
    }
}
