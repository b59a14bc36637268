//! What the database allows to whom, tried through PostgREST and read from the catalog.

mod catalog;
mod functions;
mod refreshes;
mod tables;
mod world;
