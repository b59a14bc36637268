//! Schedule: finds the stocks whose refresh is due, and queues it.

mod due;

pub use due::{DueStocks, Stocks};

use std::time::Duration;

use jiff::SignedDuration;
use market::{BENCHMARK, RefreshRequested, Symbol};
use shared::{
    Error,
    config::{self, ConfigError},
    queue::Publish,
    schedule::Tick,
};

/// Beta needs the benchmark's bar of the same day, so it goes ahead of the others.
const HEAD_START: Duration = Duration::from_secs(3);

/// From `REFRESH_INTERVAL` (`20h`): how old a stock's data may get.
pub fn interval_from_env() -> Result<SignedDuration, ConfigError> {
    config::parsed("REFRESH_INTERVAL")
}

/// Queues what was not refreshed within `interval`, the benchmark first.
pub async fn handle(
    (stocks, queue, interval): &(impl DueStocks, impl Publish, SignedDuration),
    tick: Tick,
) -> Result<(), Error> {
    let due = stocks.due(tick.now.checked_sub(*interval)?, tick.now).await?;
    let (first, rest): (Vec<Symbol>, Vec<Symbol>) = due.into_iter().partition(|symbol| symbol.as_str() == BENCHMARK);
    let head_start = if first.is_empty() { Duration::ZERO } else { HEAD_START };
    let lost = queued(queue, &first, Duration::ZERO, tick).await? + queued(queue, &rest, head_start, tick).await?;
    tracing::info!(refresh.due = first.len() + rest.len(), refresh.lost = lost, "refreshes were queued");
    // Those that were not taken are still due, and the next run finds them.
    if lost == 0 { Ok(()) } else { Err(format!("the queue did not take {lost} messages").into()) }
}

/// How many messages the queue did not take.
async fn queued(queue: &impl Publish, symbols: &[Symbol], delay: Duration, tick: Tick) -> Result<usize, Error> {
    let messages: Vec<_> = symbols.iter().map(|symbol| RefreshRequested::new(symbol.clone(), tick.now, None)).collect();
    Ok(queue.publish(&messages, delay).await?.len())
}
