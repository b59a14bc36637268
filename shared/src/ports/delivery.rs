//! Messages between functions.

use std::{future::Future, time::Duration};

use serde::Serialize;
use uuid::Uuid;

use crate::{
    domain::delivery::Outgoing,
    ports::{ChannelError, StoreError},
};

/// Puts messages into one queue.
pub trait Publish: Send + Sync {
    /// Sends messages as JSON, to be seen after `delay`, and says by index which were not taken.
    fn publish<M: Serialize + Sync>(
        &self,
        messages: &[M],
        delay: Duration,
    ) -> impl Future<Output = Result<Vec<usize>, ChannelError>> + Send;
}

/// Keeps messages that could not be worked on, for people to look at.
pub trait DeadLetters: Send + Sync {
    fn bury(&self, body: &str) -> impl Future<Output = Result<(), ChannelError>> + Send;
}

/// Lets a received message wait before it comes again.
pub trait Waits: Send + Sync {
    fn wait(&self, receipt_handle: &str, wait: Duration) -> impl Future<Output = Result<(), ChannelError>> + Send;
}

/// Takes messages out of the outbox that their creators left there.
pub trait ClaimOutbox: Send + Sync {
    /// Claims at most `count` messages for a while.
    fn claim(&self, count: u32) -> impl Future<Output = Result<Vec<Outgoing>, StoreError>> + Send;
}

/// Notes that messages of the outbox were sent.
pub trait MarkSent: Send + Sync {
    /// Without effect for rows that someone else has claimed since.
    fn mark_sent(&self, ids: &[Uuid], claim_token: Uuid) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Tells whether a system we depend on answers.
pub trait Probe: Send + Sync {
    fn probe(&self) -> impl Future<Output = bool> + Send;
}
