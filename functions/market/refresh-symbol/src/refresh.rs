//! One refresh: fetches bars and stores the changes.

use std::{sync::Arc, time::Duration};

use market::{
    Bar, Bars, Day, Full, RefreshRequested, Symbol,
    metrics::{self, Computed, REACH, State},
};
use shared::{deadline::Deadline, store::StoreError};

use crate::{
    deps::Deps,
    ended::{Ended, Written},
    plan::{Plan, Stored, plan},
    ports::{ApplyRefresh, Change, Fetched, MarketData, MarketDataError, Store},
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
    if let Some(ended) = Ended::at_once(request, stored) {
        return Ok(ended);
    }
    update(deps, request, stored, today, deadline).await.map(Ended::Refreshed)
}

async fn update(
    deps: &Deps<impl Store, impl MarketData>,
    RefreshRequested { symbol, full, .. }: &RefreshRequested,
    stored: &Stored,
    today: Day,
    deadline: Deadline,
) -> Result<Written, Fault> {
    let Deps { store, market } = deps;
    let wanted = Wanted { since: stored.fetch_from(), today };
    if wanted.since.is_none() || full.is_some() {
        return replace(deps, symbol, stored, *full, today, deadline).await;
    }
    let fetched = market.bars(symbol, wanted, deadline.less(APPLY)).await?;
    match plan(stored, &fetched.with_set_aside(&stored.recent)) {
        Plan::FetchAll => replace(deps, symbol, stored, *full, today, deadline).await,
        Plan::NoChange => Ok(apply(store, unchanged(symbol, stored, &fetched), deadline).await?),
        Plan::Append { bars, history_from } => {
            let computed = append(store, symbol, stored, bars, history_from, deadline).await?;
            let from = computed.days.partition_point(|row| row.day < history_from);
            let history = computed.days.get(from..).unwrap_or_default();
            let state = computed.state.as_ref();
            let unchanged = unchanged(symbol, stored, &fetched);
            Ok(apply(store, Change { bars, history, state, ..unchanged }, deadline).await?)
        }
    }
}

/// The metrics of the days from `history_from` on, and maybe of earlier ones. If that is after the
/// stored state, only the bars of the metrics' windows are read; otherwise all.
async fn append(
    store: &impl Store,
    symbol: &Symbol,
    stored: &Stored,
    bars: &[Bar],
    history_from: Day,
    deadline: Deadline,
) -> Result<Computed, StoreError> {
    if let Some(state) = stored.state.as_ref().filter(|state| state.day() < history_from) {
        let last = store.last_bars(symbol, state.day(), REACH, deadline).await?.with(bars);
        if state.continues(&last) {
            return compute(store, stored, Some(state), &last, deadline).await;
        }
    }
    let all = store.stored_bars(symbol, deadline).await?.with(bars);
    compute(store, stored, None, &all, deadline).await
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
) -> Result<Written, Fault> {
    let wanted = Wanted { since: None, today };
    let fetched = market.bars(symbol, wanted, deadline.less(APPLY)).await?;
    check_provider(stored, &fetched)?;
    let computed = compute(store, stored, None, &fetched.bars, deadline).await?;
    let change = Change {
        replace: true,
        force: full == Some(Full::Replace),
        bars: &fetched.bars,
        history: &computed.days,
        state: computed.state.as_ref(),
        ..unchanged(symbol, stored, &fetched)
    };
    Ok(apply(store, change, deadline).await?)
}

async fn apply(
    store: &impl ApplyRefresh,
    change: Change<'_>,
    deadline: Deadline,
) -> Result<Written, StoreError> {
    let outcome = match change {
        Change { replace: true, .. } => "replaced",
        Change { history: [], .. } => "unchanged",
        _ => "updated",
    };
    let rejected_rows = change.rejected.map_or(0, |rows| rows.count);
    let written = Written { outcome, bars: change.bars.len(), rejected_rows };
    store.apply(change, deadline).await?;
    Ok(written)
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

fn unchanged<'a>(symbol: &'a Symbol, stored: &'a Stored, fetched: &'a Fetched) -> Change<'a> {
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
        state: stored.state.as_ref(),
    }
}

/// Every metric of the days after the state, or of all days.
async fn compute(
    store: &impl Store,
    stored: &Stored,
    state: Option<&State>,
    bars: &Bars,
    deadline: Deadline,
) -> Result<Computed, StoreError> {
    let benchmark = benchmark(store, stored, bars, deadline).await?;
    Ok(metrics::compute_after(state, bars, &benchmark))
}

/// The benchmark's closes on the days of the bars.
async fn benchmark(
    store: &impl Store,
    stored: &Stored,
    bars: &Bars,
    deadline: Deadline,
) -> Result<Arc<[(Day, f64)]>, StoreError> {
    match (stored.benchmark_version, bars.first_day()) {
        (Some(version), Some(first)) => store.benchmark_closes(version, first, deadline).await,
        _ if stored.is_benchmark => Ok(bars.adj_closes().into()),
        _ => Ok(Arc::default()),
    }
}
