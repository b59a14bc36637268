//! Schedule, every 15 minutes: queues a refresh of each stock that is due.

mod due;

use std::time::Duration;

use jiff::SignedDuration;
use market::{BENCHMARK, RefreshRequested, Symbol};
use shared::{
    Error,
    config::{self, ConfigError, SupabaseConfig},
    http_client::HttpClient,
    queue::{Publish, Queue, QueueName},
    schedule::{Job, Run},
};

pub use due::{DueStocks, Stocks};

pub const JOB: Job =
    Job { id: "plan-refresh", every: Duration::from_mins(15), timeout: Duration::from_mins(1) };
const INTERVAL: &str = "REFRESH_INTERVAL";
/// Beta needs the benchmark's bar of the same day, so the benchmark is refreshed first.
const HEAD_START: Duration = Duration::from_secs(3);

/// The stocks, the queue of refreshes, and the age at which a stock is due.
#[derive(Debug)]
pub struct Deps<S, Q> {
    pub stocks: S,
    pub refreshes: Q,
    /// `REFRESH_INTERVAL`
    pub interval: SignedDuration,
}

impl Deps<Stocks, Queue> {
    pub fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        Ok(Self {
            stocks: Stocks::new(&SupabaseConfig::secret()?, http),
            refreshes: Queue::from_env(QueueName::Refreshes, http)?,
            interval: config::parsed(INTERVAL)?.ok_or(ConfigError::Missing(INTERVAL))?,
        })
    }
}

/// Queues a refresh of each stock that is due (see [`DueStocks`]), the benchmark first.
pub async fn handle(deps: &Deps<impl DueStocks, impl Publish>, run: Run) -> Result<(), Error> {
    let due = deps
        .stocks
        .due(run.began_at.checked_sub(deps.interval)?, run.began_at, run.deadline)
        .await?;
    let (first, rest): (Vec<Symbol>, Vec<Symbol>) =
        due.into_iter().partition(|symbol| symbol.as_str() == BENCHMARK);
    let head_start = if first.is_empty() { Duration::ZERO } else { HEAD_START };
    let lost = queue(&deps.refreshes, &first, Duration::ZERO, run).await?
        + queue(&deps.refreshes, &rest, head_start, run).await?;
    tracing::info!(
        refresh.due = first.len() + rest.len(),
        refresh.lost = lost,
        "refreshes were queued"
    );
    // The stocks of messages that were not accepted are still due, so the next run queues them.
    if lost == 0 { Ok(()) } else { Err(format!("the queue did not accept {lost} messages").into()) }
}

/// Returns the number of messages that the queue did not accept.
async fn queue(
    queue: &impl Publish,
    symbols: &[Symbol],
    delay: Duration,
    run: Run,
) -> Result<usize, Error> {
    let messages: Vec<_> = symbols
        .iter()
        .map(|symbol| RefreshRequested::new(symbol.clone(), run.began_at, None))
        .collect();
    Ok(queue.publish(&messages, delay, run.deadline).await?.len())
}
