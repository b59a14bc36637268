//! The ports of the store of analyses.

use std::future::Future;

use serde_json::value::RawValue;
use shared::{
    auth::{User, UserId},
    deadline::Deadline,
    store::StoreError,
    symbol::Symbol,
    trace::TraceParent,
};
use uuid::Uuid;

use crate::{Analysis, AnalysisId, CreateError, Event, Summary, Timeline, Workflow};

/// A request for an analysis.
#[derive(Debug)]
pub struct NewAnalysis<'a> {
    pub id: AnalysisId,
    pub owner: UserId,
    pub symbol: &'a Symbol,
    pub workflow: &'a str,
    pub parameters: &'a RawValue,
    pub traceparent: Option<TraceParent>,
    /// The number of analyses that the owner can request within 24 hours.
    pub quota: u32,
}

/// A created analysis, and the first claim on its outbox row, which expires after 15 s.
#[derive(Debug)]
pub struct Created {
    pub analysis: Summary,
    pub outbox_id: Uuid,
    pub claim_token: Uuid,
    /// The message as stored in the outbox.
    pub message: Box<RawValue>,
}

/// Creates analyses.
pub trait CreateAnalysis: Send + Sync {
    /// In one transaction: the analysis, its first event and its outbox row. A second call
    /// with the same id and owner changes nothing. [`StoreError::QuotaExceeded`] when the owner
    /// has used up the quota.
    fn create(
        &self,
        new: NewAnalysis<'_>,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Created, CreateError>> + Send;
}

/// Reads the analyses of a user, under that user's rights.
pub trait ReadOwnAnalysis: Send + Sync {
    /// `None` when the user may see no analysis with this id. The page has the events after the
    /// version `after`, at most 200.
    fn read(
        &self,
        user: &User,
        id: AnalysisId,
        after: u32,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Option<Timeline>, StoreError>> + Send;
}

/// The log of analyses: reads the state of an analysis and appends events.
pub trait AnalysisLog: Send + Sync {
    fn load(
        &self,
        id: AnalysisId,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Option<Analysis>, StoreError>> + Send;

    /// Appends an event and returns the state after it; [`StoreError::Stale`] when another event
    /// was appended since `analysis` was read. A second call with the same `webhook_id`, the id of
    /// a callback or of a redrive, appends nothing.
    fn append(
        &self,
        analysis: &Analysis,
        event: &Event,
        actor: &str,
        webhook_id: Option<&str>,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Analysis, StoreError>> + Send;

    /// Records a sign of life, and raises the progress. Both are ignored after the end of the
    /// analysis, and when `attempt` is not the current one.
    fn raise_progress(
        &self,
        id: AnalysisId,
        attempt: u32,
        percent: u8,
        deadline: Deadline,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Reads workflows.
pub trait FindWorkflow: Send + Sync {
    fn workflow(
        &self,
        name: &str,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Option<Workflow>, StoreError>> + Send;
}
