//! Supabase's `PostgREST`: queries are made by the `postgrest` crate, sent by the one HTTP client
//! of the process.
//!
//! The builder has gaps this module closes: table and function names are constants here, values
//! from outside that stand in lists are quoted, and it sends nothing itself, so there are timeouts,
//! a size cap and typed errors.

mod error;
mod list;
mod outbox;
mod refusal;
mod rest;

pub use error::StoreError;
pub use list::{filtered, page_query};
pub use outbox::{MarkSent, Outbox};
/// A query, and the only name that others need of the builder's crate.
pub use postgrest::Builder as Query;
pub use rest::{Rest, parse, quoted};
