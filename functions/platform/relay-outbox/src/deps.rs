//! What a run needs.

use shared::{
    config::{ConfigError, SupabaseConfig},
    http_client::HttpClient,
    queue::{Queue, QueueName},
    store::Outbox,
};

use crate::outbox::Claims;

/// The outbox, and the queues of its messages.
#[derive(Debug)]
pub struct Deps<C, O, Q> {
    pub claims: C,
    pub outbox: O,
    pub analyses: Q,
    pub refreshes: Q,
}

impl Deps<Claims, Outbox, Queue> {
    pub fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        let supabase = SupabaseConfig::secret()?;
        Ok(Self {
            claims: Claims::new(&supabase, http),
            outbox: Outbox::new(&supabase, http),
            analyses: Queue::from_env(QueueName::Analyses, http)?,
            refreshes: Queue::from_env(QueueName::Refreshes, http)?,
        })
    }
}
