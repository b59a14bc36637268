//! Queue `refreshes`: brings the bars and metrics of one stock up to date.

mod config;
mod deps;
pub mod ended;
pub mod plan;
pub mod ports;
pub mod providers;
mod refresh;
mod rows;
mod store;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, tz::Offset};
use market::{Day, RefreshRequested, Symbol};
use shared::{
    deadline::Deadline,
    queue::{Delivery, Outcome, QueueName, Work, WorkResult},
    store::StoreError,
};

pub use config::{
    BenchmarkConfig, Budget, CsvConfig, ProviderConfig, ProvidersConfig, Rate, TiingoConfig,
};
pub use deps::Deps;
pub use rows::Wanted;
pub use store::RefreshStore;

use crate::{
    ended::{Ended, Failure, RATE_LIMITED},
    ports::{MarketData, MarketDataError, RecordRefreshError, Store},
    refresh::{Fault, refresh},
};

pub const WORK: Work<RefreshRequested> =
    Work::new("refresh-symbol", QueueName::Refreshes, 1, Duration::from_mins(2));

/// Refreshes the stock, and records the end of the refresh in the log and in the requested item. A
/// provider error is recorded on the stock, whose data stay unchanged. After it, and after a rate
/// limit, which is not an error, plan-refresh queues another refresh later.
pub async fn handle(
    deps: &Deps<impl Store, impl MarketData>,
    delivery: Delivery<RefreshRequested>,
) -> WorkResult {
    let (request, deadline) = (&delivery.message, delivery.deadline);
    identify(request);
    let today = Day::from(Offset::UTC.to_datetime(delivery.received_at).date());
    let ended = match attempt(deps, request, today, deadline).await {
        // The stock was refreshed since it was read: decide again on its new state.
        Err(StoreError::Stale) => return Ok(Outcome::RetryAfter(SignedDuration::ZERO)),
        other => other?,
    };
    ended.log(Timestamp::now().duration_since(delivery.received_at));
    if let Some(id) = request.refresh_id {
        deps.store.end_item(id, &request.symbol, &ended, deadline).await?;
    }
    Ok(Outcome::Ack)
}

/// Adds the stock and the request to the span, so that every line of the refresh has them.
fn identify(request: &RefreshRequested) {
    let span = tracing::Span::current();
    span.record("stock.symbol", request.symbol.as_str());
    span.record("refresh.id", request.refresh_id.map(tracing::field::display));
}

/// After an error of the store, the message is redelivered.
async fn attempt(
    deps: &Deps<impl Store, impl MarketData>,
    request: &RefreshRequested,
    today: Day,
    deadline: Deadline,
) -> Result<Ended, StoreError> {
    let symbol = &request.symbol;
    let Some(stored) = deps.store.state(symbol, deadline).await? else {
        return Ok(Ended::Skipped("stock_not_found"));
    };
    match refresh(deps, request, &stored, today, deadline).await {
        Ok(ended) => Ok(ended),
        Err(Fault::Market(MarketDataError::RateLimited(retry))) => {
            deps.store.postpone(symbol, retry, deadline).await?;
            Ok(Ended::Skipped(RATE_LIMITED))
        }
        Err(fault) => record(&deps.store, symbol, stored.version, fault, deadline).await,
    }
}

/// Records the fault on the stock, unless it was refreshed since this version.
async fn record(
    store: &impl RecordRefreshError,
    symbol: &Symbol,
    version: i64,
    fault: Fault,
    deadline: Deadline,
) -> Result<Ended, StoreError> {
    let (end, failure): (fn(Failure) -> Ended, Failure) = match fault {
        Fault::Market(error) => {
            let code = error.code().to_owned();
            (Ended::Failed, Failure { code, detail: error.to_string() })
        }
        // The database would reject the same bars again.
        Fault::Store(StoreError::Refused { code, detail }) => {
            (Ended::Rejected, Failure { code, detail })
        }
        Fault::Store(error) => return Err(error),
    };
    store.record_error(symbol, version, &failure.code, &failure.detail, deadline).await?;
    Ok(end(failure))
}
