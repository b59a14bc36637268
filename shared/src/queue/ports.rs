//! The ports of queues.

use std::{future::Future, time::Duration};

use serde::Serialize;

use crate::{deadline::Deadline, problem::Problem};

/// The timeout of one operation with its retries.
pub const TIMEOUT: Duration = Duration::from_secs(3);

/// The queue is unavailable or rejected the request.
#[derive(Debug, thiserror::Error)]
#[error("the queue is unavailable")]
pub struct QueueError(#[source] pub crate::Error);

impl From<QueueError> for Problem {
    fn from(error: QueueError) -> Self {
        Self::upstream_unavailable().because(error)
    }
}

/// Sends messages to one queue.
pub trait Publish: Send + Sync {
    /// Sends messages as JSON; they become visible after `delay`. Returns the indexes of those that
    /// were not accepted; an error means that the first of them could not be sent.
    fn publish<M: Serialize + Sync>(
        &self,
        messages: &[M],
        delay: Duration,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Vec<usize>, QueueError>> + Send;
}

/// Takes messages that could not be handled, for an operator.
pub trait DeadLetterQueue: Send + Sync {
    fn send(
        &self,
        body: &str,
        deadline: Deadline,
    ) -> impl Future<Output = Result<(), QueueError>> + Send;
}

/// Sets the time after which a received message is redelivered.
pub trait ChangeVisibility: Send + Sync {
    fn change_visibility(
        &self,
        receipt_handle: &str,
        timeout: Duration,
        deadline: Deadline,
    ) -> impl Future<Output = Result<(), QueueError>> + Send;
}
