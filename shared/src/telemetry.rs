//! Structured logs: one JSON object per line on standard output, which Lambda collects.
//!
//! Field names are dotted (`stock.symbol`), and each message is clear without the others. No body,
//! token or URL with a query is logged.
//!
//! The span of a line has the ids: `lambda.request_id`, as in Lambda's own lines; of a request also
//! `apigw.request_id`, as in the access log of API Gateway, and `client.request_id`, the
//! `X-Request-Id` of the caller; of a message `message.id`. The request of a refresh and its
//! messages also have `refresh.id`. Each request, message and job has one line with its outcome and
//! duration.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::{filter::Targets, layer::SubscriberExt};

use crate::config::{self, ConfigError};

/// Starts logging at `LOG_LEVEL`: `error`, `warn`, `info` (the default) or `off`.
///
/// There is no `debug`: at that level libraries log what they send and receive.
///
/// Called once, by `serve`. A second call changes nothing.
pub fn init() -> Result<(), ConfigError> {
    let level = match config::optional("LOG_LEVEL") {
        None => LevelFilter::INFO,
        Some(level) => {
            let level = level.parse().ok().filter(|level| *level <= LevelFilter::INFO);
            level.ok_or_else(|| {
                ConfigError::invalid("LOG_LEVEL", "it is none of error, warn, info and off")
            })?
        }
    };
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_max_level(level)
        .finish()
        // At `info`, it logs several lines for each message.
        .with(Targets::new().with_default(level).with_target("rmcp", level.min(LevelFilter::WARN)));
    // Only the first call of a process has an effect.
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok(())
}

/// An error with its causes on one line, as a log field.
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        line.push_str(": ");
        line.push_str(&cause.to_string());
        source = cause.source();
    }
    line
}
