//! What functions of analyses need from the store.

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
}

/// A stored request, and the claim on its outbox row that the creator holds for a few seconds.
#[derive(Debug)]
pub struct Created {
    pub analysis: Summary,
    pub outbox_id: Uuid,
    pub claim_token: Uuid,
    /// The message, as it is in the outbox.
    pub message: Box<RawValue>,
}

/// Stores requests for analyses.
pub trait CreateAnalysis: Send + Sync {
    /// In one transaction: the analysis, its first event and its outbox row. The same id and owner
    /// again change nothing.
    fn create(
        &self,
        new: NewAnalysis<'_>,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Created, CreateError>> + Send;
}

/// Reads someone's own analyses, under their own rights.
pub trait ReadOwnAnalysis: Send + Sync {
    /// `None` when there is none with this id that the user may see.
    fn read(
        &self,
        user: &User,
        id: AnalysisId,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Option<Timeline>, StoreError>> + Send;
}

/// The events of analyses, as workers see and append them.
pub trait AnalysisLog: Send + Sync {
    fn load(
        &self,
        id: AnalysisId,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Option<Analysis>, StoreError>> + Send;

    /// Appends an event decided on `analysis`: [`StoreError::Stale`] when something happened since.
    /// A `webhook_id` that was appended before changes nothing. The state after it is returned.
    fn append(
        &self,
        analysis: &Analysis,
        event: &Event,
        actor: &str,
        webhook_id: Option<&str>,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Analysis, StoreError>> + Send;

    /// Raises the progress; it never falls, and stays when the analysis is over.
    fn raise_progress(
        &self,
        id: AnalysisId,
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
