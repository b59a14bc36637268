//! TTLs and limits of the cache.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;

use shared::{
    cached::Cached,
    config::{self, ConfigError},
};

const TTL_SECONDS: u64 = 60;
const MEGABYTES: u32 = 16;
const DAY: Duration = Duration::from_hours(24);

/// TTLs and limits of the cache.
#[derive(Debug, Clone, Copy)]
pub struct CachePolicy {
    /// Age up to which an entry is served without a request to the store.
    pub ttl: Duration,
    /// Maximum age of an entry served while the store is unavailable.
    pub stale_if_error: Duration,
    /// Timeout of a request to the store while there is a stale entry to serve.
    pub revalidation_timeout: Duration,
    /// Maximum size in memory, keys included.
    pub bytes: u64,
    /// The wall clock: the monotonic one stands still while a sandbox is frozen.
    pub clock: fn() -> Timestamp,
}

impl Default for CachePolicy {
    fn default() -> Self {
        Self {
            ttl: Duration::from_secs(TTL_SECONDS),
            stale_if_error: DAY,
            revalidation_timeout: Duration::from_secs(3),
            bytes: bytes(MEGABYTES),
            clock: Timestamp::now,
        }
    }
}

impl CachePolicy {
    /// A TTL of `CACHE_SECONDS` (60), and at most `CACHE_MEGABYTES` (16).
    pub fn from_env() -> Result<Self, ConfigError> {
        let ttl = config::parsed("CACHE_SECONDS")?.unwrap_or(TTL_SECONDS);
        let megabytes = config::parsed("CACHE_MEGABYTES")?.unwrap_or(MEGABYTES);
        Ok(Self { ttl: Duration::from_secs(ttl), bytes: bytes(megabytes), ..Self::default() })
    }
}

fn bytes(megabytes: u32) -> u64 {
    u64::from(megabytes) << 20
}

/// A response of the store, and when it was requested.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub body: Bytes,
    pub read_at: Timestamp,
}

impl Entry {
    pub(super) fn age(&self, now: Timestamp) -> Duration {
        Duration::try_from(now.duration_since(self.read_at)).unwrap_or_default()
    }

    pub(super) fn cached(&self, now: Timestamp, stale: bool) -> Cached<Bytes> {
        Cached { value: self.body.clone(), stale, age: Some(self.age(now)) }
    }
}
