//! Stand-ins for what functions need from the outside. Contract tests hold them to the real adapters.

pub mod analyses;
pub mod keys;
pub mod markets;
pub mod periods;
pub mod queues;
pub mod refreshes;
pub mod requests;
pub mod samples;
pub mod selecting;
