//! Messages between functions.

use std::{future::Future, time::Duration};

use serde::Serialize;

use crate::problem::Problem;

/// A queue did not take the message.
#[derive(Debug, thiserror::Error)]
#[error("the queue cannot be reached")]
pub struct QueueError(#[source] pub crate::Error);

impl From<QueueError> for Problem {
    fn from(error: QueueError) -> Self {
        Self::upstream_unavailable().because(error)
    }
}

/// Puts messages into one queue.
pub trait Publish: Send + Sync {
    /// Sends messages as JSON, to be seen after `delay`, and says by index which were not taken.
    fn publish<M: Serialize + Sync>(
        &self,
        messages: &[M],
        delay: Duration,
    ) -> impl Future<Output = Result<Vec<usize>, QueueError>> + Send;
}

/// Lets a received message wait before it comes again.
pub trait ChangeVisibility: Send + Sync {
    fn change_visibility(
        &self,
        receipt_handle: &str,
        wait: Duration,
    ) -> impl Future<Output = Result<(), QueueError>> + Send;
}
