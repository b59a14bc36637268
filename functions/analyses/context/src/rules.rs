//! Types and rules, without I/O.

mod event;
mod number;
mod state;
mod storable;

pub use event::{Event, EventRecord};
pub use number::{ExecutionId, NotAnExecutionId, NotWhole, WholeNumber};
pub use state::{
    Analysis, AnalysisId, AnalysisRequested, Failure, Status, Summary, Timeline, Workflow,
};
pub use storable::{NotStorable, StorableJson, StorableText};
