//! Analyses: workflows run on a stock for a user, from the request to the result.
//!
//! - An *analysis* ([`Analysis`]) belongs to one user, its *owner*. create-analysis makes its id;
//!   storing the same id again creates nothing.
//! - A *workflow* ([`Workflow`]) runs in n8n: dispatch-analysis calls it, and it sends signed
//!   callbacks.
//! - An *event* ([`Event`]) is something that happened to an analysis. Events are only appended.
//! - The *status* ([`Status`]) and all fields but the progress are a *projection* of the events.
//!   The *version* is the number of events. An event is appended only while the analysis is at the
//!   version that it was decided on.
//! - A *run* is what a call of the workflow starts. The URL for its callbacks has a token that
//!   names the call ([`CallbackTokens`]): the run of the last call is the *current* one.
//! - A *lease* ends at the instant `lease_until`; no other call of the workflow may begin before.
//! - A *summary* ([`Summary`]) is an analysis as its owner sees it; a *timeline* ([`Timeline`]) is
//!   a summary with the events.
//!
//! Functions decide the next event; the database checks the version and stores the event with its
//! projection in one transaction. [`AnalysisStore`] reads and writes any analysis, with the secret
//! key; [`OwnAnalyses`] reads the analyses of one user, under row level security.
//!
//! ```
//! use analyses::{AnalysisId, AnalysisLog, Event};
//! use shared::{deadline::Deadline, store::StoreError};
//!
//! /// Ends an analysis as failed; false when it has ended or changed.
//! async fn fail(
//!     log: &impl AnalysisLog,
//!     id: AnalysisId,
//!     deadline: Deadline,
//! ) -> Result<bool, StoreError> {
//!     let analysis = log.load(id, deadline).await?;
//!     let Some(analysis) = analysis.filter(|analysis| !analysis.status.is_final()) else {
//!         return Ok(false);
//!     };
//!     let (code, message) = ("rejected".to_owned(), "The workflow answered 400.".to_owned());
//!     let event = Event::Failed { code, message, execution_id: None };
//!     match log.append(&analysis, &event, "dispatch-analysis", None, deadline).await {
//!         Err(StoreError::Stale) => Ok(false),
//!         appended => appended.map(|_| true),
//!     }
//! }
//! ```
//!
//! [`StoreError::Stale`](shared::store::StoreError::Stale) means that another event was appended
//! first: read the analysis again and decide again. [`CreateError`] lists the reasons why an
//! analysis is not created. Text and JSON of users and workflows may hold values that Postgres
//! cannot store; [`StorableText`] and [`StorableJson`] reject them at the edge ([`NotStorable`]).
//! An analysis of another user is not found ([`analysis_not_found`]).

mod callback_token;
mod error;
#[cfg(feature = "fakes")]
pub mod fakes;
mod ports;
mod resources;
mod rules;
mod store;

pub use callback_token::CallbackTokens;
pub use error::{CreateError, Violation, analysis_not_found};
pub use ports::{AnalysisLog, CreateAnalysis, Created, FindWorkflow, NewAnalysis, ReadOwnAnalysis};
pub use rules::{
    Analysis, AnalysisId, AnalysisRequested, Event, EventRecord, ExecutionId, Failure,
    NotAnExecutionId, NotStorable, NotWhole, Status, StorableJson, StorableText, Summary, Timeline,
    WholeNumber, Workflow,
};
pub use store::{AnalysisStore, OwnAnalyses};
