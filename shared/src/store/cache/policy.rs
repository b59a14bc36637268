//! What is kept, and for how long.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;

use crate::{
    cached::Fresh,
    config::{self, ConfigError},
};

const FRESH_SECONDS: u64 = 60;
const MEGABYTES: u64 = 16;
const DAY: Duration = Duration::from_hours(24);

/// How long and how much the cache keeps.
#[derive(Debug, Clone, Copy)]
pub struct Keep {
    /// The age up to which the store is not asked again.
    pub fresh: Duration,
    /// The age up to which it is better than no answer.
    pub stale: Duration,
    /// How long the store may take while there is a stale answer.
    pub patience: Duration,
    /// The most that is kept in memory, keys included.
    pub bytes: u64,
    /// The wall clock: the monotonic one stands still while a sandbox is frozen.
    pub clock: fn() -> Timestamp,
}

impl Default for Keep {
    fn default() -> Self {
        Self {
            fresh: Duration::from_secs(FRESH_SECONDS),
            stale: DAY,
            patience: Duration::from_secs(3),
            bytes: MEGABYTES << 20,
            clock: Timestamp::now,
        }
    }
}

impl Keep {
    /// For `CACHE_SECONDS` (60), in at most `CACHE_MEGABYTES` (16).
    pub fn from_env() -> Result<Self, ConfigError> {
        let fresh = Duration::from_secs(config::parsed_or("CACHE_SECONDS", FRESH_SECONDS)?);
        let bytes = config::parsed_or::<u32>("CACHE_MEGABYTES", 16).map(|megabytes| u64::from(megabytes) << 20)?;
        Ok(Self { fresh, bytes, ..Self::default() })
    }
}

/// An answer of the store, and when it was asked.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub body: Bytes,
    pub read_at: Timestamp,
}

impl Kept {
    pub(super) fn age(&self, now: Timestamp) -> Duration {
        Duration::try_from(now.duration_since(self.read_at)).unwrap_or_default()
    }

    /// With its age, as an answer.
    pub(super) fn answer(&self, now: Timestamp, stale: bool) -> Fresh<Bytes> {
        Fresh { value: self.body.clone(), stale, age: Some(self.age(now)) }
    }
}
