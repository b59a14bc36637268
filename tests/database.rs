//! What the database allows to whom, tried through PostgREST and read from the catalog.

mod catalog;
mod functions;
mod outbox;
mod refreshes;
mod tables;
mod world;
