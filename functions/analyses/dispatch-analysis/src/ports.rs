//! What dispatching needs beside the log of analyses.

use std::future::Future;

use analyses::{Analysis, Workflow};
use jiff::Timestamp;
use shared::queue::{ChannelError, Queue};

use crate::decide::Outcome;

/// Starts workflows.
pub trait CallWorkflow: Send + Sync {
    /// Makes one call and says how it ended.
    fn call(&self, workflow: &Workflow, analysis: &Analysis, now: Timestamp) -> impl Future<Output = Outcome> + Send;
}

/// Keeps messages that could not be worked on, for people to look at.
pub trait DeadLetters: Send + Sync {
    fn bury(&self, body: &str) -> impl Future<Output = Result<(), ChannelError>> + Send;
}

impl DeadLetters for Queue {
    async fn bury(&self, body: &str) -> Result<(), ChannelError> {
        self.send(body).await
    }
}
