//! Types and rules, without I/O. The four contexts meet only through ids and events.

pub mod analysis;
pub mod delivery;
pub mod identity;
pub mod market;
