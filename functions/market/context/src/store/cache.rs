//! Responses of the store to `anon`, cached by query.
//!
//! Within its TTL an entry is served without a request. After that it is stale, and is served only
//! while the store is unavailable or busy (stale-if-error).

mod policy;
#[cfg(feature = "redis")]
mod redis;
#[cfg(not(feature = "redis"))]
#[path = "cache/no_redis.rs"]
mod redis;
mod single_flight;

use std::{
    fmt,
    future::Future,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use jiff::Timestamp;
use quick_cache::{Weighter, unsync};
use shared::{
    cached::Cached, config::ConfigError, deadline::Deadline, store::StoreError, telemetry,
};

pub use self::{policy::CachePolicy, redis::SecondLevel};
use self::{policy::Entry, single_flight::SingleFlight};

/// Circuit breaker: it opens when a stale entry is served because the store failed. For this long,
/// stale entries are served without a request.
const OPEN_FOR: Duration = Duration::from_secs(5);
/// Typical size of a response; the cache sizes its tables by it.
const TYPICAL_BYTES: u64 = 2048;
/// Approximate size of an entry without its key and body.
const ENTRY_BYTES: usize = 128;
/// An empty result. It is not cached, as the row may be inserted at any time.
const NO_ROWS: &[u8] = b"[]";

/// The configured cache.
#[derive(Debug)]
pub struct CacheConfig {
    /// `CACHE_SECONDS`, `CACHE_MEGABYTES`
    pub policy: CachePolicy,
    /// `REDIS_URL`
    pub second: Option<SecondLevel>,
}

impl CacheConfig {
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self { policy: CachePolicy::from_env()?, second: SecondLevel::from_env()? })
    }
}

type Loaded = Result<Cached<Bytes>, Arc<StoreError>>;

/// The cache of one process. Of concurrent requests for one key, one goes to the store.
pub(super) struct Cache {
    policy: CachePolicy,
    memory: Mutex<unsync::Cache<String, Entry, ByteWeighter>>,
    second: Option<SecondLevel>,
    loads: SingleFlight<Loaded>,
    /// The circuit breaker is open until this time, in seconds since the epoch.
    open_until: AtomicI64,
}

#[derive(Clone)]
struct ByteWeighter;

impl Weighter<String, Entry> for ByteWeighter {
    fn weight(&self, key: &String, entry: &Entry) -> u64 {
        u64::try_from(key.len() + entry.body.len() + ENTRY_BYTES).unwrap_or(u64::MAX)
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache").field("policy", &self.policy).finish_non_exhaustive()
    }
}

impl Cache {
    pub(super) fn new(CacheConfig { policy, second }: CacheConfig) -> Self {
        let items = usize::try_from(policy.bytes / TYPICAL_BYTES).unwrap_or(usize::MAX);
        let memory = Mutex::new(unsync::Cache::with_weighter(items, policy.bytes, ByteWeighter));
        Self {
            policy,
            memory,
            second,
            loads: SingleFlight::default(),
            open_until: AtomicI64::new(i64::MIN),
        }
    }

    /// The response for a key: cached or loaded. If the store is unavailable, it may be stale.
    pub(super) async fn read<Fut>(
        &self,
        key: &str,
        deadline: Deadline,
        load: impl FnOnce() -> Fut,
    ) -> Result<Cached<Bytes>, StoreError>
    where
        Fut: Future<Output = Result<Bytes, StoreError>>,
    {
        let now = (self.policy.clock)();
        if let Some(entry) = self.entry(key, now) {
            if entry.age(now) < self.policy.ttl {
                return Ok(entry.cached(now, false));
            }
            if now.as_second() < self.open_until.load(Ordering::Relaxed) {
                return Ok(entry.cached(now, true));
            }
        }
        let loaded = self
            .loads
            .run(key, || async { self.refill(key, now, deadline, load).await.map_err(Arc::new) })
            .await;
        loaded.map_err(own_error)
    }

    async fn refill<Fut>(
        &self,
        key: &str,
        now: Timestamp,
        deadline: Deadline,
        load: impl FnOnce() -> Fut,
    ) -> Result<Cached<Bytes>, StoreError>
    where
        Fut: Future<Output = Result<Bytes, StoreError>>,
    {
        if let Some(cached) = self.read_second_level(key, now, deadline).await {
            return Ok(cached);
        }
        let entry = self.entry(key, now);
        match (self.load(load, entry.is_some()).await, entry) {
            (Ok(body), _) => {
                // A copy, as the body is a slice of the connection's buffer, all of which it would
                // keep in memory.
                self.put(
                    key,
                    Entry { body: Bytes::copy_from_slice(&body), read_at: now },
                    deadline,
                )
                .await;
                Ok(Cached::from_store(body))
            }
            (Err(error @ (StoreError::Unavailable(_) | StoreError::Timeout(_))), Some(entry)) => {
                tracing::warn!(
                    error = telemetry::chain(&error),
                    "the store is unavailable: serving a stale entry"
                );
                let until = now.as_second().saturating_add_unsigned(OPEN_FOR.as_secs());
                self.open_until.store(until, Ordering::Relaxed);
                Ok(entry.cached(now, true))
            }
            // The store is up, so other entries are not served stale.
            (Err(error), Some(entry)) if is_busy(&error) => Ok(entry.cached(now, true)),
            (Err(error), _) => Err(error),
        }
    }

    /// The entry of the second level, if it is within its TTL. An entry that is newer than ours
    /// replaces ours in memory, even one that is too old to return.
    async fn read_second_level(
        &self,
        key: &str,
        now: Timestamp,
        deadline: Deadline,
    ) -> Option<Cached<Bytes>> {
        let entry = self.second.as_ref()?.get(key, deadline).await?;
        let cached = (entry.age(now) < self.policy.ttl).then(|| entry.cached(now, false));
        if self.entry(key, now).is_none_or(|own| own.read_at < entry.read_at) {
            self.memory().insert(key.to_owned(), entry);
        }
        cached
    }

    /// Loads a response. The timeout is shorter if there is a stale entry to serve instead.
    async fn load<Fut>(
        &self,
        load: impl FnOnce() -> Fut,
        has_entry: bool,
    ) -> Result<Bytes, StoreError>
    where
        Fut: Future<Output = Result<Bytes, StoreError>>,
    {
        if !has_entry {
            return load().await;
        }
        let limited = tokio::time::timeout(self.policy.revalidation_timeout, load()).await;
        limited.unwrap_or_else(|error| Err(StoreError::Timeout(error.into())))
    }

    async fn put(&self, key: &str, entry: Entry, deadline: Deadline) {
        if entry.body == NO_ROWS {
            self.memory().remove(key);
            return;
        }
        if let Some(second) = &self.second {
            second.put(key, &entry, self.policy.stale_if_error, deadline).await;
        }
        self.memory().insert(key.to_owned(), entry);
    }

    fn entry(&self, key: &str, now: Timestamp) -> Option<Entry> {
        self.memory().get(key).filter(|entry| entry.age(now) < self.policy.stale_if_error).cloned()
    }

    fn memory(&self) -> MutexGuard<'_, unsync::Cache<String, Entry, ByteWeighter>> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// True for a refusal of the database because too many expensive requests are running.
pub(super) fn is_busy(error: &StoreError) -> bool {
    matches!(error, StoreError::Refused { code, .. } if code == "busy")
}

/// The error of a load, for each of the requests that shared the load.
fn own_error(error: Arc<StoreError>) -> StoreError {
    match Arc::try_unwrap(error) {
        Ok(error) => error,
        Err(shared) => match &*shared {
            StoreError::Unavailable(_) => StoreError::Unavailable(shared.into()),
            StoreError::Timeout(_) => StoreError::Timeout(shared.into()),
            StoreError::Stale => StoreError::Stale,
            StoreError::Unauthorized => StoreError::Unauthorized,
            StoreError::Refused { code, detail } => {
                StoreError::Refused { code: code.clone(), detail: detail.clone() }
            }
            // Reads of market data have no quota.
            StoreError::QuotaExceeded { .. } | StoreError::Unexpected(_) => {
                StoreError::Unexpected(shared.into())
            }
        },
    }
}
