//! What two contexts of Bellwether must agree on, and nothing else.
//!
//! [`http`], [`queue`] and [`schedule`] turn an event into a call of a handler and its answer into
//! a reply; [`auth`] proves callers; [`list`] pages, filters and sorts; [`store`] reads and writes
//! through `PostgREST`. What one context uses lives in that context, what one function uses in that
//! function.

pub mod auth;
pub mod cached;
pub mod config;
pub mod deadline;
pub mod http;
pub mod http_client;
pub mod list;
pub mod problem;
pub mod queue;
pub mod schedule;
pub mod signing;
pub mod store;
pub mod symbol;
pub mod telemetry;
pub mod trace;
pub mod webhook;

/// Anything that ends a function's process: a bad configuration at the start or a broken Runtime
/// API.
pub type Error = lambda_http::Error;
