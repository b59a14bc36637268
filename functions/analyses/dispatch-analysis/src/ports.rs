//! What dispatching needs beside the log of analyses.

use std::future::Future;

use analyses::{Analysis, Workflow};
use jiff::Timestamp;
use shared::queue::{Queue, QueueError};

use crate::decide::CallOutcome;

/// Starts workflows.
pub trait CallWorkflow: Send + Sync {
    /// Makes one call and says how it ended.
    fn call(
        &self,
        workflow: &Workflow,
        analysis: &Analysis,
        now: Timestamp,
    ) -> impl Future<Output = CallOutcome> + Send;
}

/// Keeps messages that could not be worked on, for people to look at.
pub trait DeadLetterQueue: Send + Sync {
    fn send(&self, body: &str) -> impl Future<Output = Result<(), QueueError>> + Send;
}

impl DeadLetterQueue for Queue {
    async fn send(&self, body: &str) -> Result<(), QueueError> {
        Queue::send(self, body).await
    }
}
