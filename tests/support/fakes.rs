//! Fakes for the dependencies of functions.

pub mod keys;
pub mod queues;
