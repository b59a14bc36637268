//! The rights of each role, tried through PostgREST and read from the catalog.

mod benchmark;
mod catalog;
mod due_stocks;
mod functions;
mod outbox;
mod provider_calls;
mod quota;
mod refreshes;
mod requests;
mod schemas;
mod slots;
mod tables;
mod world;
