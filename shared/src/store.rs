//! Requests to the `PostgREST` of Supabase. The `postgrest` crate builds them, and our HTTP client
//! sends them.
//!
//! This module adds what the builder lacks. Names of tables and functions are constants, and values
//! in lists are quoted. Requests have timeouts, a size cap and typed errors.

mod error;
mod list;
mod outbox;
mod refusal;
mod rest;

pub use error::StoreError;
pub use list::{filtered, page_query};
pub use outbox::{MarkSent, Outbox, OutboxMessage, send_now};
/// A query of the `postgrest` crate. Other modules need no other name of that crate.
pub use postgrest::Builder as Query;
pub use rest::{Rest, TIMEOUT, parse, quoted};
