//! What the repository promises of itself.

mod configuration;
mod contract;
mod dependencies;
mod layout;
mod permissions;
mod routes;
mod versioning;
