//! Tests of the repository itself.

mod configuration;
mod contexts;
mod contract;
mod dependencies;
mod figures;
mod gateway;
mod layout;
mod parameters;
mod permissions;
mod routes;
mod timeouts;
mod versioning;
