//! Replaces the second level in a build without the feature `redis`.

use std::time::Duration;

use super::policy::Entry;
use shared::{
    config::{self, ConfigError},
    deadline::Deadline,
};

/// An uninhabited type: this build has no second level.
#[derive(Debug, Clone, Copy)]
pub enum SecondLevel {}

impl SecondLevel {
    /// An error when `REDIS_URL` is set, as it would have no effect.
    pub fn from_env() -> Result<Option<Self>, ConfigError> {
        match config::optional("REDIS_URL") {
            Some(_) => Err(ConfigError::invalid(
                "REDIS_URL",
                "this build has no Redis: build it with the feature `redis`",
            )),
            None => Ok(None),
        }
    }

    #[expect(clippy::unused_async, reason = "has the signature of the one with Redis")]
    pub(super) async fn get(&self, _key: &str, _deadline: Deadline) -> Option<Entry> {
        match *self {}
    }

    #[expect(clippy::unused_async, reason = "has the signature of the one with Redis")]
    pub(super) async fn put(
        &self,
        _key: &str,
        _entry: &Entry,
        _ttl: Duration,
        _deadline: Deadline,
    ) {
        match *self {}
    }
}
