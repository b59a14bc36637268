//! Schedule, every 15 minutes: queues a refresh of each stock that is due.

mod due;

use std::{str::FromStr, time::Duration};

use jiff::Timestamp;
use market::{RefreshRequested, Symbol};
use shared::{
    Error,
    config::{self, ConfigError, SupabaseConfig},
    deadline::Deadline,
    http_client::HttpClient,
    queue::{Publish, Queue, QueueName},
    schedule::{Job, Run},
    store, telemetry,
};

pub use due::{ClaimDueStocks, Claimed, DueStock, Intervals, Stocks};

pub const JOB: Job =
    Job { id: "plan-refresh", every: Duration::from_mins(15), timeout: Duration::from_mins(1) };
/// The maximum number of stocks of one run: refresh-symbol handles them before the next run.
const LIMIT: u32 = 1000;
/// Reserved to release the stocks whose messages were not accepted.
const RELEASE: Duration = store::TIMEOUT;
/// Beta needs the benchmark's bar of the same day, so the benchmark is refreshed first.
const HEAD_START: Duration = Duration::from_secs(3);

/// The stocks, the queue of refreshes, the benchmark, and when stocks are due.
#[derive(Debug)]
pub struct Deps<S, Q> {
    pub stocks: S,
    pub refreshes: Q,
    /// `BENCHMARK_SYMBOL`
    pub benchmark: Symbol,
    pub intervals: Intervals,
}

impl Deps<Stocks, Queue> {
    pub fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        Ok(Self {
            stocks: Stocks::new(&SupabaseConfig::secret()?, http),
            refreshes: Queue::from_env(QueueName::Refreshes, http)?,
            benchmark: parsed("BENCHMARK_SYMBOL")?,
            intervals: Intervals {
                refresh: parsed("REFRESH_INTERVAL")?,
                reconcile: parsed("RECONCILE_INTERVAL")?,
            },
        })
    }
}

fn parsed<T: FromStr<Err: ToString>>(name: &'static str) -> Result<T, ConfigError> {
    config::parsed(name)?.ok_or(ConfigError::Missing(name))
}

/// Claims the stocks that are due and queues their refreshes, the benchmark first. Stocks whose
/// messages were not accepted are released, so the next run queues them.
pub async fn handle(deps: &Deps<impl ClaimDueStocks, impl Publish>, run: Run) -> Result<(), Error> {
    let Deps { benchmark, intervals, .. } = deps;
    let Claimed { planned_at, benchmark_status, stocks } =
        deps.stocks.claim(benchmark, *intervals, LIMIT, run.deadline).await?;
    check(benchmark, benchmark_status.as_deref());
    let due = stocks.len();
    let (first, rest): (Vec<DueStock>, Vec<DueStock>) =
        stocks.into_iter().partition(|stock| stock.symbol == *benchmark);
    let head_start = if first.is_empty() { Duration::ZERO } else { HEAD_START };
    let deadline = run.deadline.less(RELEASE);
    let mut lost = queue(&deps.refreshes, &first, planned_at, Duration::ZERO, deadline).await;
    lost.extend(queue(&deps.refreshes, &rest, planned_at, head_start, deadline).await);
    tracing::info!(refresh.due = due, refresh.lost = lost.len(), "refreshes were queued");
    if lost.is_empty() {
        return Ok(());
    }
    deps.stocks.release(&lost, planned_at, run.deadline).await?;
    Err(format!("the queue did not accept {} messages", lost.len()).into())
}

/// Warns when betas cannot be computed.
fn check(benchmark: &Symbol, status: Option<&str>) {
    if status != Some("active") {
        let status = status.unwrap_or("missing");
        tracing::warn!(
            benchmark.symbol = %benchmark,
            benchmark.status = status,
            "betas are not computed: the benchmark is not followed or has no bars"
        );
    }
}

/// Returns the stocks whose messages the queue did not accept.
async fn queue(
    queue: &impl Publish,
    stocks: &[DueStock],
    planned_at: Timestamp,
    delay: Duration,
    deadline: Deadline,
) -> Vec<Symbol> {
    let messages: Vec<_> = stocks
        .iter()
        .map(|stock| RefreshRequested::planned(stock.symbol.clone(), stock.full, planned_at))
        .collect();
    let symbols = stocks.iter().map(|stock| stock.symbol.clone());
    match queue.publish(&messages, delay, deadline).await {
        Ok(lost) => lost.iter().filter_map(|index| symbols.clone().nth(*index)).collect(),
        Err(error) => {
            let cause = telemetry::chain(&error);
            tracing::error!(queue.cause = cause, "could not queue refreshes");
            symbols.collect()
        }
    }
}
