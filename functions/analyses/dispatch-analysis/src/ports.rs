//! The port of n8n.

use std::future::Future;

use analyses::{Analysis, Workflow};
use jiff::Timestamp;
use shared::deadline::Deadline;

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
