//! The dependencies of dispatch-analysis.

use analyses::AnalysisStore;
use aws_lc_rs::rand;
use jiff::Timestamp;
use shared::{
    config::{ConfigError, SupabaseConfig},
    http_client::HttpClient,
    queue::{Queue, QueueName},
};
use uuid::Uuid;

use crate::n8n::{N8n, N8nConfig};

/// The log of analyses, their workflows, and the dead-letter queue.
#[derive(Debug)]
pub struct Deps<L, W, D> {
    pub log: L,
    pub workflows: W,
    pub dead_letters: D,
    /// Returns a random number in [0, 1).
    pub chance: fn() -> f64,
    /// Returns a new id, for the redrive of a dead letter.
    pub new_id: fn() -> Uuid,
    pub clock: fn() -> Timestamp,
}

impl Deps<AnalysisStore, N8n, Queue> {
    pub fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        Ok(Self {
            log: AnalysisStore::new(&SupabaseConfig::secret()?, http),
            workflows: N8n::new(N8nConfig::from_env()?, http),
            dead_letters: Queue::from_env(QueueName::AnalysesDeadLetter, http)?,
            chance,
            new_id: Uuid::now_v7,
            clock: Timestamp::now,
        })
    }
}

/// A random number in [0, 1); 0.5 when there is no source of randomness.
fn chance() -> f64 {
    let mut bytes = [0; 4];
    match rand::fill(&mut bytes) {
        Ok(()) => f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0),
        Err(_) => 0.5,
    }
}
