//! The dependencies of dispatch-analysis.

use analyses::AnalysisStore;
use jiff::Timestamp;
use shared::{
    config::{ConfigError, SupabaseConfig},
    http_client::HttpClient,
    queue::{Queue, QueueName},
};

use crate::{
    backoff::chance,
    n8n::{N8n, N8nConfig},
};

/// The log of analyses, their workflows, and the dead-letter queue.
#[derive(Debug)]
pub struct Deps<L, W, D> {
    pub log: L,
    pub workflows: W,
    pub dead_letters: D,
    /// A random number from 0 up to 1.
    pub chance: fn() -> f64,
    pub clock: fn() -> Timestamp,
}

impl Deps<AnalysisStore, N8n, Queue> {
    pub fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        Ok(Self {
            log: AnalysisStore::new(&SupabaseConfig::secret()?, http),
            workflows: N8n::new(N8nConfig::from_env()?, http),
            dead_letters: Queue::from_env(QueueName::AnalysesDeadLetter, http)?,
            chance,
            clock: Timestamp::now,
        })
    }
}
