//! Code that more than one context of Bellwether uses.
//!
//! [`http`], [`queue`] and [`schedule`] pass events to handlers and turn results into responses;
//! [`auth`] proves callers; [`list`] pages, filters and sorts; [`store`] reads and writes through
//! `PostgREST`. Code of one context is in that context, and code of one function in that function.

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

/// An error of any kind. Returned from `main`, it ends the process of the function.
pub type Error = lambda_http::Error;
