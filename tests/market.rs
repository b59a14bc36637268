//! The functions of `functions/market`.

mod get_chart;
mod get_metric_history;
mod get_metrics;
mod get_stock;
mod list_metric_definitions;
mod list_metrics;
pub(crate) mod list_stocks;
mod plan_refresh;
mod receive_refresh_request;
mod refresh_symbol;
