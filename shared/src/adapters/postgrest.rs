//! Supabase's `PostgREST`: queries are made by the `postgrest` crate, sent by the one HTTP client of the process.
//!
//! The builder has gaps this module closes: table and function names are constants here, values from outside that stand in
//! lists are quoted, and it sends nothing itself, so there are timeouts, a size cap and typed errors.

mod analyses;
mod markets;
mod outbox;
mod public;
mod refreshes;
mod refusal;
mod rest;
mod selection;

pub use analyses::{AnalysisStore, OwnAnalyses};
pub use markets::Markets;
pub use outbox::Outbox;
pub use public::{Keep, SecondLevel};
pub use refreshes::RefreshStore;
