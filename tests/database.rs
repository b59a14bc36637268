//! The rights of each role, tried through PostgREST and read from the catalog.

mod catalog;
mod functions;
mod outbox;
mod quota;
mod refreshes;
mod tables;
mod world;
