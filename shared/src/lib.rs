//! What two functions of Bellwether must agree on, and nothing else.
//!
//! [`domain`] holds types and rules without I/O; [`ports`] the needs of the functions as small traits; [`adapters`] what
//! fulfils them (`PostgREST`, SQS, n8n, market-data providers). [`http`], [`queue`] and [`schedule`] turn an event into a
//! call of a handler and its answer into a reply.

pub mod adapters;
pub mod auth;
pub mod config;
pub mod domain;
pub mod fresh;
pub mod http;
pub mod page;
pub mod ports;
pub mod precondition;
pub mod problem;
pub mod queue;
pub mod schedule;
pub mod signing;
pub mod telemetry;
pub mod trace;
pub mod webhook;

/// Anything that ends a function's process: a bad configuration at the start or a broken Runtime API.
pub type Error = lambda_http::Error;
