//! One refresh: fetches bars and stores the changes.

use std::{sync::Arc, time::Duration};

use market::{BENCHMARK, Bars, Day, DayMetrics, Full, RefreshRequested, Symbol, metrics};
use shared::{deadline::Deadline, store::StoreError};

use crate::{
    deps::Deps,
    plan::{Ended, Plan, Stored, plan},
    ports::{Change, Fetched, MarketData, MarketDataError, Store},
    rows::Wanted,
};

/// Reserved after the provider's response, to read stored bars and apply the changes.
const APPLY: Duration = Duration::from_secs(30);

/// Why a refresh failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error(transparent)]
    Market(#[from] MarketDataError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Fetches the bars from [`Stored::fetch_from`] on, and stores those that are new or corrected,
/// with their metrics. A request that is older than the last refresh does nothing.
pub(crate) async fn refresh(
    deps: &Deps<impl Store, impl MarketData>,
    request: &RefreshRequested,
    stored: &Stored,
    today: Day,
    deadline: Deadline,
) -> Result<Ended, Fault> {
    if let Some(ended) = stored.ends(request) {
        return Ok(ended);
    }
    update(deps, request, stored, today, deadline).await?;
    Ok(Ended::Done)
}

async fn update(
    deps: &Deps<impl Store, impl MarketData>,
    RefreshRequested { symbol, full, .. }: &RefreshRequested,
    stored: &Stored,
    today: Day,
    deadline: Deadline,
) -> Result<(), Fault> {
    let Deps { store, market } = deps;
    let wanted = Wanted { since: stored.fetch_from(), today };
    if wanted.since.is_none() || full.is_some() {
        return replace(deps, symbol, stored, *full, today, deadline).await;
    }
    let fetched = market.bars(symbol, wanted, deadline.less(APPLY)).await?;
    match plan(stored, &fetched.with_set_aside(&stored.recent)) {
        Plan::FetchAll => replace(deps, symbol, stored, *full, today, deadline).await,
        Plan::NoChange => Ok(store.apply(unchanged(symbol, stored, &fetched), deadline).await?),
        Plan::Append { bars, history_from } => {
            let all = store.stored_bars(symbol, deadline).await?.with(bars);
            let history = history(store, symbol, stored, &all, deadline).await?;
            let from = history.partition_point(|row| row.day < history_from);
            let history = history.get(from..).unwrap_or_default();
            Ok(store
                .apply(Change { bars, history, ..unchanged(symbol, stored, &fetched) }, deadline)
                .await?)
        }
    }
}

/// Fetches and stores the whole history: for the first refresh, on request, or when the fetched
/// bars do not continue the stored ones, as after a corporate action.
async fn replace(
    Deps { store, market }: &Deps<impl Store, impl MarketData>,
    symbol: &Symbol,
    stored: &Stored,
    full: Option<Full>,
    today: Day,
    deadline: Deadline,
) -> Result<(), Fault> {
    let wanted = Wanted { since: None, today };
    let fetched = market.bars(symbol, wanted, deadline.less(APPLY)).await?;
    check_provider(stored, &fetched)?;
    let history = history(store, symbol, stored, &fetched.bars, deadline).await?;
    let change = Change {
        replace: true,
        force: full == Some(Full::Replace),
        bars: &fetched.bars,
        history: &history,
        ..unchanged(symbol, stored, &fetched)
    };
    Ok(store.apply(change, deadline).await?)
}

/// A fallback provider may add days, but not replace the history of another provider: its adjusted
/// closes and first day differ.
fn check_provider(stored: &Stored, fetched: &Fetched) -> Result<(), MarketDataError> {
    match &stored.provider {
        Some(own) if fetched.is_fallback && *own != fetched.provider => {
            Err(MarketDataError::OtherHistory(format!(
                "{} responded in place of {own}",
                fetched.provider
            )))
        }
        _ => Ok(()),
    }
}

fn unchanged<'a>(symbol: &'a Symbol, stored: &Stored, fetched: &'a Fetched) -> Change<'a> {
    Change {
        symbol,
        version: stored.version,
        provider: fetched.provider,
        replace: false,
        force: false,
        bars: &[],
        history: &[],
        rejected: fetched.rejected.as_ref(),
        benchmark_version: stored.benchmark_version,
    }
}

/// Every metric of every day.
async fn history(
    store: &impl Store,
    symbol: &Symbol,
    stored: &Stored,
    bars: &Bars,
    deadline: Deadline,
) -> Result<Vec<DayMetrics>, StoreError> {
    let benchmark = benchmark(store, symbol, stored, bars, deadline).await?;
    let values = metrics::compute(bars, &benchmark);
    Ok(bars
        .iter()
        .zip(values)
        .map(|(bar, metrics)| DayMetrics { day: bar.day(), metrics })
        .collect())
}

/// The benchmark's closes on the days of the bars.
async fn benchmark(
    store: &impl Store,
    symbol: &Symbol,
    stored: &Stored,
    bars: &Bars,
    deadline: Deadline,
) -> Result<Arc<[(Day, f64)]>, StoreError> {
    match (stored.benchmark_version, bars.first_day()) {
        (Some(version), Some(first)) => store.benchmark_closes(version, first, deadline).await,
        _ if symbol.as_str() == BENCHMARK => Ok(bars.adj_closes().into()),
        _ => Ok(Arc::default()),
    }
}
