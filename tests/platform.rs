//! The functions of `functions/platform`.

mod get_docs;
mod get_health;
mod reject_unknown;
mod relay_outbox;
mod serve_mcp;
