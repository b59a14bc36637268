//! Schedule, every 15 minutes: queues a refresh of each stock that is due.

mod due;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use market::{BENCHMARK, RefreshRequested, Symbol};
use shared::{
    Error,
    config::{self, ConfigError, SupabaseConfig},
    deadline::Deadline,
    http_client::HttpClient,
    queue::{Publish, Queue, QueueName},
    schedule::{Job, Run},
    telemetry,
};

pub use due::{ClaimDueStocks, Claimed, Stocks};

pub const JOB: Job =
    Job { id: "plan-refresh", every: Duration::from_mins(15), timeout: Duration::from_mins(1) };
const INTERVAL: &str = "REFRESH_INTERVAL";
/// The maximum number of stocks of one run: refresh-symbol handles them before the next run.
const LIMIT: u32 = 1000;
/// Reserved to release the stocks whose messages were not accepted.
const RELEASE: Duration = Duration::from_secs(5);
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

/// Claims the stocks that are due and queues their refreshes, the benchmark first. Stocks whose
/// messages were not accepted are released, so the next run queues them.
pub async fn handle(deps: &Deps<impl ClaimDueStocks, impl Publish>, run: Run) -> Result<(), Error> {
    let Claimed { planned_at, symbols } =
        deps.stocks.claim(deps.interval, LIMIT, run.deadline).await?;
    let due = symbols.len();
    let (first, rest): (Vec<Symbol>, Vec<Symbol>) =
        symbols.into_iter().partition(|symbol| symbol.as_str() == BENCHMARK);
    let head_start = if first.is_empty() { Duration::ZERO } else { HEAD_START };
    let deadline = run.deadline.less(RELEASE);
    let mut lost = queue(&deps.refreshes, &first, planned_at, Duration::ZERO, deadline).await;
    lost.extend(queue(&deps.refreshes, &rest, planned_at, head_start, deadline).await);
    tracing::info!(refresh.due = due, refresh.lost = lost.len(), "refreshes were queued");
    if lost.is_empty() {
        return Ok(());
    }
    deps.stocks.release(&lost, run.deadline).await?;
    Err(format!("the queue did not accept {} messages", lost.len()).into())
}

/// Returns the stocks whose messages the queue did not accept.
async fn queue(
    queue: &impl Publish,
    symbols: &[Symbol],
    planned_at: Timestamp,
    delay: Duration,
    deadline: Deadline,
) -> Vec<Symbol> {
    let messages: Vec<_> = symbols
        .iter()
        .map(|symbol| RefreshRequested::planned(symbol.clone(), planned_at))
        .collect();
    match queue.publish(&messages, delay, deadline).await {
        Ok(lost) => lost.iter().filter_map(|index| symbols.get(*index).cloned()).collect(),
        Err(error) => {
            let cause = telemetry::chain(&error);
            tracing::error!(queue.cause = cause, "could not queue refreshes");
            symbols.to_vec()
        }
    }
}
