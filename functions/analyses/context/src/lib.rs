//! An analysis: a workflow run on a stock for someone, from its request to its result.
//!
//! It is event-sourced: what happened is appended, the current state is its projection, and
//! `version` is the number of events. What may happen next is decided here; the database only
//! refuses decisions made on a version that is gone.

mod error;
#[cfg(feature = "fakes")]
pub mod fakes;
mod ports;
mod resources;
mod rules;
mod store;

pub use error::{CreateError, analysis_not_found};
pub use ports::{AnalysisLog, CreateAnalysis, Created, FindWorkflow, NewAnalysis, ReadOwnAnalysis};
pub use rules::{
    Analysis, AnalysisId, AnalysisRequested, Event, EventRecord, Failure, NotStorable, Status,
    StorableJson, StorableText, Summary, Timeline, Workflow,
};
pub use store::{AnalysisStore, OwnAnalyses};
