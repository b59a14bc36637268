//! What functions need from the outside, as small traits named for the need. Adapters fulfil them; fakes do in tests.
//!
//! A function's signature shows what it can touch, and its IAM policy says the same.

mod analysis;
mod delivery;
mod errors;
mod market;
mod refresh;

pub use analysis::{AnalysisLog, CallWorkflow, CreateAnalysis, Created, FindWorkflow, NewAnalysis, ReadOwnAnalysis};
pub use delivery::{ClaimOutbox, DeadLetters, MarkSent, Probe, Publish, Waits};
pub use errors::{ChannelError, KeysError, MarketDataError, StoreError};
pub use market::{FindStock, LatestMetrics, ListMetrics, ListStocks, ReadHistory};
pub use refresh::{ApplyRefresh, Change, DueStocks, Fetched, MarketData, ReadRefreshState, RecordRefreshError};

use std::future::Future;

use crate::auth::KeySet;

/// Gets the keys that verify access tokens.
pub trait FetchKeys: Send + Sync {
    fn fetch_keys(&self) -> impl Future<Output = Result<KeySet, KeysError>> + Send;
}
