//! Stand-ins for what functions need from the outside.

pub mod keys;
pub mod queues;
