//! In place of the second level, in a build without the feature `redis`.

use std::time::Duration;

use super::policy::Kept;
use crate::config::{self, ConfigError};

/// There is none.
#[derive(Debug, Clone, Copy)]
pub enum SecondLevel {}

impl SecondLevel {
    /// A `REDIS_URL` that would do nothing stops the start.
    pub fn from_env() -> Result<Option<Self>, ConfigError> {
        match config::optional("REDIS_URL") {
            Some(_) => {
                Err(ConfigError::invalid("REDIS_URL", "this build has no Redis: build it with the feature `redis`"))
            }
            None => Ok(None),
        }
    }

    #[expect(clippy::unused_async, reason = "called as the one that waits for Redis")]
    pub(super) async fn get(&self, _key: &str) -> Option<Kept> {
        match *self {}
    }

    #[expect(clippy::unused_async, reason = "called as the one that waits for Redis")]
    pub(super) async fn put(&self, _key: &str, _kept: &Kept, _keep_for: Duration) {
        match *self {}
    }
}
