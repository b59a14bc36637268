//! The ports of dispatch-analysis, other than the log of analyses.

use std::future::Future;

use analyses::{Analysis, Workflow};
use jiff::Timestamp;
use shared::{
    deadline::Deadline,
    queue::{Queue, QueueError},
};

use crate::decide::CallOutcome;

/// Starts workflows.
pub trait CallWorkflow: Send + Sync {
    /// Makes one call and returns its outcome.
    fn call(
        &self,
        workflow: &Workflow,
        analysis: &Analysis,
        now: Timestamp,
        deadline: Deadline,
    ) -> impl Future<Output = CallOutcome> + Send;
}

/// Takes messages that could not be handled, for an operator.
pub trait DeadLetterQueue: Send + Sync {
    fn send(
        &self,
        body: &str,
        deadline: Deadline,
    ) -> impl Future<Output = Result<(), QueueError>> + Send;
}

impl DeadLetterQueue for Queue {
    async fn send(&self, body: &str, deadline: Deadline) -> Result<(), QueueError> {
        Queue::send(self, body, deadline).await
    }
}
