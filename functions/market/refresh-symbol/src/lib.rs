//! Queue `refreshes`: brings the bars and metrics of one stock up to date.

pub mod plan;
pub mod ports;
pub mod providers;
pub mod store;

use crate::{
    plan::{Plan, Stored, plan},
    ports::{ApplyRefresh, Change, Fetched, MarketData, MarketDataError, ReadRefreshState, RecordRefreshError},
};
use jiff::SignedDuration;
use market::{BENCHMARK, Bars, DayMetrics, RefreshRequested, Symbol, metrics};
use shared::{
    queue::{Delivery, Outcome, WorkResult},
    store::StoreError,
};

/// When a provider asks to wait and does not say how long.
const RATE_LIMIT_WAIT: SignedDuration = SignedDuration::from_mins(1);

/// What a refresh needs from the database.
pub trait Store: ReadRefreshState + ApplyRefresh + RecordRefreshError {}
impl<S: ReadRefreshState + ApplyRefresh + RecordRefreshError> Store for S {}

/// Refreshes the stock. A provider's fault is noted on the stock, whose data stay as they are; `plan-refresh` asks again later.
pub async fn handle(store: &impl Store, market: &impl MarketData, delivery: Delivery<RefreshRequested>) -> WorkResult {
    let symbol = &delivery.message.symbol;
    match refresh(store, market, symbol).await {
        Ok(()) => Ok(Outcome::Ack),
        Err(Fault::Market(MarketDataError::RateLimited { retry_after_seconds })) => {
            let asked = retry_after_seconds.and_then(|seconds| i64::try_from(seconds).ok());
            Ok(Outcome::RetryAfter(asked.map_or(RATE_LIMIT_WAIT, SignedDuration::from_secs)))
        }
        Err(Fault::Market(error)) => note(store, symbol, error.code(), &error.to_string()).await,
        // Bars the database has no place for will be no other ones when the message comes again.
        Err(Fault::Store(StoreError::Refused { code, detail })) => note(store, symbol, &code, &detail).await,
        // Somebody else refreshed it meanwhile: look again.
        Err(Fault::Store(StoreError::Stale)) => Ok(Outcome::RetryAfter(SignedDuration::ZERO)),
        Err(Fault::Store(error)) => Err(error.into()),
    }
}

async fn note(store: &impl RecordRefreshError, symbol: &Symbol, code: &str, detail: &str) -> WorkResult {
    tracing::warn!(stock.symbol = %symbol, refresh.error = code, "the stock was not refreshed");
    store.record_error(symbol, code, detail).await?;
    Ok(Outcome::Ack)
}

/// Whose fault it is that a refresh failed.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error(transparent)]
    Market(#[from] MarketDataError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

async fn refresh(store: &impl Store, market: &impl MarketData, symbol: &Symbol) -> Result<(), Fault> {
    let Some(stored) = store.state(symbol).await?.filter(|stored| stored.active) else { return Ok(()) };
    let Some(since) = stored.fetch_from() else { return replace(store, market, symbol, &stored).await };
    let fetched = market.bars(symbol, Some(since)).await?;
    match plan(&stored, &fetched.bars) {
        Plan::FetchAll => replace(store, market, symbol, &stored).await,
        Plan::NoChange => Ok(store.apply(unchanged(symbol, &stored, &fetched)).await?),
        Plan::Append { bars, history_from } => {
            let all = store.stored_bars(symbol).await?.with(bars);
            let history = history(store, symbol, &all).await?;
            let from = history.partition_point(|row| row.day < history_from);
            let history = history.get(from..).unwrap_or_default();
            Ok(store.apply(Change { bars, history, ..unchanged(symbol, &stored, &fetched) }).await?)
        }
    }
}

/// Reads and computes everything anew: the first refresh, or a split or dividend that changed all adjusted prices.
async fn replace(store: &impl Store, market: &impl MarketData, symbol: &Symbol, stored: &Stored) -> Result<(), Fault> {
    let fetched = market.bars(symbol, None).await?;
    may_replace(stored, &fetched)?;
    let history = history(store, symbol, &fetched.bars).await?;
    let change =
        Change { replace: true, bars: &fetched.bars, history: &history, ..unchanged(symbol, stored, &fetched) };
    Ok(store.apply(change).await?)
}

/// A fallback keeps a stock up to date, but its adjusted prices and its reach are its own.
fn may_replace(stored: &Stored, fetched: &Fetched) -> Result<(), MarketDataError> {
    let own = stored.provider.as_deref().filter(|own| fetched.is_fallback && *own != fetched.provider);
    let last = stored.last_day.filter(|last| fetched.bars.last_day() < Some(*last));
    match (own, last) {
        (Some(own), _) => {
            Err(MarketDataError::OtherHistory(format!("{} answered in place of {own}", fetched.provider)))
        }
        (None, Some(last)) => Err(MarketDataError::OtherHistory(format!("it ends before {last}"))),
        (None, None) => Ok(()),
    }
}

fn unchanged<'a>(symbol: &'a Symbol, stored: &Stored, fetched: &Fetched) -> Change<'a> {
    Change { symbol, version: stored.version, provider: fetched.provider, replace: false, bars: &[], history: &[] }
}

/// Every metric of every day.
async fn history(store: &impl Store, symbol: &Symbol, bars: &Bars) -> Result<Vec<DayMetrics>, StoreError> {
    let benchmark = if symbol.as_str() == BENCHMARK { bars.adj_closes() } else { store.benchmark_closes().await? };
    let values = metrics::compute(bars, &benchmark);
    Ok(bars.iter().zip(values).map(|(bar, metrics)| DayMetrics { day: bar.day(), metrics }).collect())
}
