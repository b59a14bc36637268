//! A second level that sandboxes share: Redis or Valkey.
//!
//! It is optional. When it is unavailable or slow, requests continue without it after a short
//! timeout.

use std::{
    fmt,
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use bytes::Bytes;
use jiff::Timestamp;
use redis::{
    AsyncConnectionConfig, Client, Cmd, FromRedisValue, RedisError, aio::MultiplexedConnection,
};
use tokio::sync::Mutex;

use super::policy::Entry;
use shared::{
    config::{self, ConfigError},
    deadline::Deadline,
};

/// Opening a connection with TLS takes several round trips.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(500);
/// A longer wait would not pay: the store takes about as long.
const RESPONSE_TIMEOUT: Duration = Duration::from_millis(50);
/// Connecting and the response together.
const TIMEOUT: Duration = Duration::from_millis(550);
/// Circuit breaker: for this long after a failure, no requests go to Redis.
const OPEN_SECONDS: i64 = 10;
/// The number is the version of the encoding.
const PREFIX: &str = "bellwether:market:1:";

/// Redis at one address. The connection is opened when it is first needed, and opened again after a
/// failure.
pub struct SecondLevel {
    client: Client,
    connection: Mutex<Option<MultiplexedConnection>>,
    /// Seconds since the epoch.
    open_until: AtomicI64,
}

impl fmt::Debug for SecondLevel {
    /// The address may contain a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecondLevel").finish_non_exhaustive()
    }
}

impl SecondLevel {
    /// Redis at `REDIS_URL`, or `None` if it is not set.
    pub fn from_env() -> Result<Option<Self>, ConfigError> {
        config::optional("REDIS_URL").map(|url| Self::new(&url)).transpose()
    }

    /// Redis at `rediss://...`, or at `redis://...` on this machine. Opens no connection yet.
    pub fn new(url: &str) -> Result<Self, ConfigError> {
        let address: http::Uri = url.parse().map_err(|_| unusable("it is not a URL"))?;
        let is_here = address.host().is_some_and(config::is_loopback);
        if !matches!((address.scheme_str(), is_here), (Some("rediss"), _) | (Some("redis"), true)) {
            return Err(unusable("it must be rediss, or redis to a loopback host"));
        }
        let client = Client::open(url).map_err(|_| unusable("it is not the address of a Redis"))?;
        Ok(Self { client, connection: Mutex::default(), open_until: AtomicI64::new(i64::MIN) })
    }

    pub(super) async fn get(&self, key: &str, deadline: Deadline) -> Option<Entry> {
        let entry: Option<Vec<u8>> =
            self.send(Cmd::new().arg("GET").arg(name(key)), deadline).await?;
        decode(entry?.into())
    }

    pub(super) async fn put(&self, key: &str, entry: &Entry, ttl: Duration, deadline: Deadline) {
        let mut command = Cmd::new();
        command.arg("SET").arg(name(key)).arg(encode(entry)).arg("EX").arg(ttl.as_secs());
        self.send::<()>(&command, deadline).await;
    }

    /// `None` when Redis is unavailable or the circuit breaker is open.
    async fn send<T: FromRedisValue>(&self, command: &Cmd, deadline: Deadline) -> Option<T> {
        let now = Timestamp::now().as_second();
        if now < self.open_until.load(Ordering::Relaxed) {
            return None;
        }
        let mut connection = self.connection.lock().await;
        // Boxed: the client's futures nest deeply, and those of a whole request contain them.
        let exchange = Box::pin(self.exchange(&mut connection, command));
        match deadline.limit(TIMEOUT, exchange).await {
            Ok(Ok(response)) => Some(response),
            failed => {
                *connection = None;
                self.open_until.store(now.saturating_add(OPEN_SECONDS), Ordering::Relaxed);
                let kind = failed.ok().and_then(Result::err).map(|error| error.kind());
                tracing::warn!(
                    error.kind = ?kind,
                    "Redis is unavailable; the circuit breaker is open"
                );
                None
            }
        }
    }

    async fn exchange<T: FromRedisValue>(
        &self,
        connection: &mut Option<MultiplexedConnection>,
        command: &Cmd,
    ) -> Result<T, RedisError> {
        let connection = match connection {
            Some(open) => open,
            closed => {
                let limits = AsyncConnectionConfig::new()
                    .set_connection_timeout(Some(CONNECT_TIMEOUT))
                    .set_response_timeout(Some(RESPONSE_TIMEOUT));
                closed.insert(
                    self.client.get_multiplexed_async_connection_with_config(&limits).await?,
                )
            }
        };
        command.query_async(connection).await
    }
}

fn unusable(reason: &str) -> ConfigError {
    ConfigError::invalid("REDIS_URL", reason)
}

fn name(key: &str) -> String {
    format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, key.as_bytes())))
}

/// Milliseconds since the epoch in eight bytes, and the body.
fn encode(entry: &Entry) -> Vec<u8> {
    [&entry.read_at.as_millisecond().to_be_bytes(), entry.body.as_ref()].concat()
}

fn decode(mut entry: Bytes) -> Option<Entry> {
    let (milliseconds, _) = entry.split_first_chunk()?;
    let read_at = Timestamp::from_millisecond(i64::from_be_bytes(*milliseconds)).ok()?;
    Some(Entry { body: entry.split_off(size_of::<i64>()), read_at })
}
