//! What the store answered to `anon`: for a minute as it was, and for a day in case the store is down.

mod flight;
mod policy;
#[cfg(feature = "redis")]
mod redis;
#[cfg(not(feature = "redis"))]
#[path = "cache/no_redis.rs"]
mod redis;

use self::{flight::Flights, policy::Kept};
pub use self::{policy::Keep, redis::SecondLevel};

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use jiff::Timestamp;
use quick_cache::{Weighter, unsync};

use crate::{cached::Fresh, store::StoreError};

/// After a failure, this long nobody waits for the store who can do with a stale answer.
const PAUSE: Duration = Duration::from_secs(5);
/// Of an answer, about; the cache sizes its tables by it.
const TYPICAL_BYTES: u64 = 2048;
/// Of an entry besides its key and body, about.
const ENTRY_BYTES: usize = 128;
/// What is not there yet may come at any moment: the answer without a row is not kept.
const NO_ROWS: &[u8] = b"[]";

type Landed = Result<Fresh<Bytes>, Arc<StoreError>>;

/// Kept by the query alone. One caller of many with the same query asks the store.
pub(super) struct Cache {
    keep: Keep,
    memory: Mutex<unsync::Cache<String, Kept, Bytewise>>,
    second: Option<SecondLevel>,
    flights: Flights<Landed>,
    /// Seconds since the epoch.
    paused_until: AtomicI64,
}

#[derive(Clone)]
struct Bytewise;

impl Weighter<String, Kept> for Bytewise {
    fn weight(&self, key: &String, kept: &Kept) -> u64 {
        u64::try_from(key.len() + kept.body.len() + ENTRY_BYTES).unwrap_or(u64::MAX)
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache").field("keep", &self.keep).finish_non_exhaustive()
    }
}

impl Cache {
    pub(super) fn new(keep: Keep, second: Option<SecondLevel>) -> Self {
        let items = usize::try_from(keep.bytes / TYPICAL_BYTES).unwrap_or(usize::MAX);
        let memory = Mutex::new(unsync::Cache::with_weighter(items, keep.bytes, Bytewise));
        Self { keep, memory, second, flights: Flights::default(), paused_until: AtomicI64::new(i64::MIN) }
    }

    /// The answer to a query: a fresh one, or a stale one when `ask` cannot get it.
    pub(super) async fn read<Fut>(&self, key: &str, ask: impl FnOnce() -> Fut) -> Result<Fresh<Bytes>, StoreError>
    where
        Fut: Future<Output = Result<Bytes, StoreError>>,
    {
        let now = (self.keep.clock)();
        if let Some(kept) = self.kept(key, now) {
            if kept.age(now) < self.keep.fresh {
                return Ok(kept.answer(now, false));
            }
            if now.as_second() < self.paused_until.load(Ordering::Relaxed) {
                return Ok(kept.answer(now, true));
            }
        }
        let landed = self.flights.share(key, || async { self.refill(key, now, ask).await.map_err(Arc::new) }).await;
        landed.map_err(again)
    }

    async fn refill<Fut>(
        &self,
        key: &str,
        now: Timestamp,
        ask: impl FnOnce() -> Fut,
    ) -> Result<Fresh<Bytes>, StoreError>
    where
        Fut: Future<Output = Result<Bytes, StoreError>>,
    {
        if let Some(found) = self.second_level(key).await {
            let (age, answer) = (found.age(now), found.answer(now, false));
            if self.kept(key, now).is_none_or(|kept| kept.read_at < found.read_at) {
                self.memory().insert(key.to_owned(), found);
            }
            if age < self.keep.fresh {
                return Ok(answer);
            }
        }
        let kept = self.kept(key, now);
        let asked = match kept {
            Some(_) => tokio::time::timeout(self.keep.patience, ask())
                .await
                .unwrap_or_else(|error| Err(StoreError::Timeout(error.into()))),
            None => ask().await,
        };
        match (asked, kept) {
            (Ok(body), _) => {
                // Not the body itself, which is a part of the connection's whole buffer and would hold on to it.
                self.put(key, Kept { body: Bytes::copy_from_slice(&body), read_at: now }).await;
                Ok(Fresh::read(body))
            }
            (Err(error @ (StoreError::Unavailable(_) | StoreError::Timeout(_))), Some(kept)) => {
                tracing::warn!(
                    error = crate::telemetry::chain(&error),
                    "the store does not answer: the answer is stale"
                );
                let until = now.as_second().saturating_add_unsigned(PAUSE.as_secs());
                self.paused_until.store(until, Ordering::Relaxed);
                Ok(kept.answer(now, true))
            }
            (Err(error), _) => Err(error),
        }
    }

    async fn put(&self, key: &str, kept: Kept) {
        if kept.body == NO_ROWS {
            self.memory().remove(key);
            return;
        }
        if let Some(second) = &self.second {
            second.put(key, &kept, self.keep.stale).await;
        }
        self.memory().insert(key.to_owned(), kept);
    }

    async fn second_level(&self, key: &str) -> Option<Kept> {
        self.second.as_ref()?.get(key).await
    }

    fn kept(&self, key: &str, now: Timestamp) -> Option<Kept> {
        self.memory().get(key).filter(|kept| kept.age(now) < self.keep.stale).cloned()
    }

    fn memory(&self) -> MutexGuard<'_, unsync::Cache<String, Kept, Bytewise>> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The failure of a flight, for each of those who shared it.
fn again(error: Arc<StoreError>) -> StoreError {
    match Arc::try_unwrap(error) {
        Ok(error) => error,
        Err(shared) => match &*shared {
            StoreError::Unavailable(_) => StoreError::Unavailable(shared.into()),
            StoreError::Timeout(_) => StoreError::Timeout(shared.into()),
            StoreError::Stale => StoreError::Stale,
            StoreError::Unauthorized => StoreError::Unauthorized,
            StoreError::Refused { code, detail } => StoreError::Refused { code: code.clone(), detail: detail.clone() },
            StoreError::Unexpected(_) => StoreError::Unexpected(shared.into()),
        },
    }
}
