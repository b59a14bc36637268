//! Every integration test in one binary: handlers in this process, and the running stack.
//!
//! A folder of a context mirrors `functions/`; `project` tests the repository itself.

mod analyses;
mod auth;
mod cache;
mod database;
mod edge;
mod freshness;
mod head;
mod logs;
mod main_job;
mod market;
mod page;
mod platform;
mod project;
mod tags;
mod webhook;
