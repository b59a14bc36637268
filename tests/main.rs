//! Every integration test in one binary: handlers in this process, and the running stack.

mod auth;
mod configuration;
mod create_analysis;
mod database;
mod dependencies;
mod dispatch_analysis;
mod get_analysis;
mod get_health;
mod get_metric_history;
mod get_metrics;
mod get_stock;
mod layout;
mod list_metrics;
mod list_stocks;
mod main_job;
mod market_data;
mod page;
mod permissions;
mod plan_refresh;
mod receive_callback;
mod receive_refresh_request;
mod refresh_symbol;
mod reject_unknown;
mod relay_outbox;
mod webhook;
