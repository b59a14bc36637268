//! Queue `refreshes`: brings the bars and metrics of one stock up to date.

mod config;
mod deps;
pub mod plan;
pub mod ports;
pub mod providers;
mod refresh;
mod replacement;
mod rows;
mod store;

use std::time::Duration;

use jiff::{SignedDuration, tz::Offset};
use market::{Day, RefreshRequested, Symbol};
use shared::{
    deadline::Deadline,
    queue::{Delivery, Outcome, QueueName, Work, WorkResult},
    store::StoreError,
};

pub use config::{CsvConfig, ProviderConfig, ProvidersConfig, TiingoConfig};
pub use deps::Deps;
pub use rows::Wanted;
pub use store::RefreshStore;

use crate::{
    ports::{MarketData, MarketDataError, RecordRefreshError, Store},
    refresh::{Fault, refresh},
};

pub const WORK: Work<RefreshRequested> =
    Work::new("refresh-symbol", QueueName::Refreshes, 1, Duration::from_mins(2));
/// The delay after a rate limit without `Retry-After`.
const RATE_LIMIT_WAIT: SignedDuration = SignedDuration::from_mins(1);

/// Refreshes the stock. A rate limit is retried; any other provider error is recorded on the stock,
/// whose data stay unchanged, and plan-refresh queues another refresh later.
pub async fn handle(
    deps: &Deps<impl Store, impl MarketData>,
    delivery: Delivery<RefreshRequested>,
) -> WorkResult {
    let (symbol, deadline) = (&delivery.message.symbol, delivery.deadline);
    let today = Day::from(Offset::UTC.to_datetime(delivery.received_at).date());
    match refresh(deps, &delivery.message, today, deadline).await {
        Ok(()) => Ok(Outcome::Ack),
        Err(Fault::Market(MarketDataError::RateLimited { retry_after_seconds })) => {
            let asked = retry_after_seconds.and_then(|seconds| i64::try_from(seconds).ok());
            Ok(Outcome::RetryAfter(asked.map_or(RATE_LIMIT_WAIT, SignedDuration::from_secs)))
        }
        Err(Fault::Market(error)) => {
            note(&deps.store, symbol, error.code(), &error.to_string(), deadline).await
        }
        // The database would reject the same bars again.
        Err(Fault::Store(StoreError::Refused { code, detail })) => {
            note(&deps.store, symbol, &code, &detail, deadline).await
        }
        // The stock was refreshed since it was read: plan again from its new state.
        Err(Fault::Store(StoreError::Stale)) => Ok(Outcome::RetryAfter(SignedDuration::ZERO)),
        Err(Fault::Store(error)) => Err(error.into()),
    }
}

async fn note(
    store: &impl RecordRefreshError,
    symbol: &Symbol,
    code: &str,
    detail: &str,
    deadline: Deadline,
) -> WorkResult {
    tracing::warn!(stock.symbol = %symbol, refresh.error = code, "the stock was not refreshed");
    store.record_error(symbol, code, detail, deadline).await?;
    Ok(Outcome::Ack)
}
