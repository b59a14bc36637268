//! Queues and the outbox in memory.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use relay_outbox::{ClaimOutbox, Outgoing};
use serde::Serialize;
use serde_json::{
    Value, json,
    value::{RawValue, to_raw_value},
};
use shared::{
    deadline::Deadline,
    queue::{ChangeVisibility, DeadLetterQueue, Publish, QueueError},
    store::{MarkSent, StoreError},
};
use uuid::Uuid;

/// A queue that records its messages, or is unavailable. Clones share the messages.
#[derive(Debug, Clone, Default)]
pub struct MemoryQueue {
    down: bool,
    refused: Vec<usize>,
    published: Arc<Mutex<Vec<String>>>,
    dead_letters: Arc<Mutex<Vec<String>>>,
    visibility_changes: Arc<Mutex<Vec<(String, Duration)>>>,
}

impl MemoryQueue {
    /// A queue that is unavailable.
    pub fn down() -> Self {
        Self { down: true, ..Self::default() }
    }

    /// A queue that rejects the messages at these indexes of each call.
    pub fn refusing(indexes: &[usize]) -> Self {
        Self { refused: indexes.to_vec(), ..Self::default() }
    }

    /// The published messages.
    pub fn published(&self) -> Vec<String> {
        self.published.lock().unwrap().clone()
    }

    /// The dead letters.
    pub fn dead_letters(&self) -> Vec<String> {
        self.dead_letters.lock().unwrap().clone()
    }

    /// Receipt handles with their new visibility timeouts.
    pub fn visibility_changes(&self) -> Vec<(String, Duration)> {
        self.visibility_changes.lock().unwrap().clone()
    }

    fn reach(&self) -> Result<(), QueueError> {
        if self.down { Err(QueueError("connection refused".into())) } else { Ok(()) }
    }
}

impl Publish for MemoryQueue {
    async fn publish<M: Serialize + Sync>(
        &self,
        messages: &[M],
        _delay: Duration,
        _: Deadline,
    ) -> Result<Vec<usize>, QueueError> {
        self.reach()?;
        let accepted =
            messages.iter().enumerate().filter(|(index, _)| !self.refused.contains(index));
        self.published
            .lock()
            .unwrap()
            .extend(accepted.map(|(_, message)| serde_json::to_string(message).unwrap()));
        Ok(self.refused.iter().copied().filter(|index| *index < messages.len()).collect())
    }
}

impl DeadLetterQueue for MemoryQueue {
    async fn send(&self, body: &str, _: Deadline) -> Result<(), QueueError> {
        self.reach()?;
        self.dead_letters.lock().unwrap().push(body.to_owned());
        Ok(())
    }
}

impl ChangeVisibility for MemoryQueue {
    async fn change_visibility(
        &self,
        receipt_handle: &str,
        wait: Duration,
        _: Deadline,
    ) -> Result<(), QueueError> {
        self.reach()?;
        self.visibility_changes.lock().unwrap().push((receipt_handle.to_owned(), wait));
        Ok(())
    }
}

#[derive(Debug)]
struct Row {
    id: Uuid,
    topic: String,
    payload: Box<RawValue>,
    claim: Option<Uuid>,
    sent: bool,
}

impl Row {
    fn unsent(number: usize) -> Self {
        Self::of("analyses", &json!({ "type": "analysis.requested", "number": number }))
    }

    fn of(topic: &str, payload: &Value) -> Self {
        let (id, topic) = (Uuid::new_v4(), topic.to_owned());
        Self { id, topic, payload: to_raw_value(payload).unwrap(), claim: None, sent: false }
    }
}

/// An outbox whose claims do not expire.
#[derive(Debug, Clone)]
pub struct MemoryOutbox(Arc<Mutex<Vec<Row>>>);

impl MemoryOutbox {
    /// An outbox with `count` unsent messages.
    pub fn with(count: usize) -> Self {
        Self(Arc::new(Mutex::new((0..count).map(Row::unsent).collect())))
    }

    /// Adds an unsent message.
    #[must_use]
    pub fn and(self, topic: &str, payload: &Value) -> Self {
        self.0.lock().unwrap().push(Row::of(topic, payload));
        self
    }

    /// The payloads of the messages not marked as sent.
    pub fn unsent(&self) -> Vec<String> {
        self.0
            .lock()
            .unwrap()
            .iter()
            .filter(|row| !row.sent)
            .map(|row| row.payload.get().to_owned())
            .collect()
    }
}

impl ClaimOutbox for MemoryOutbox {
    async fn claim(&self, count: u32, _: Deadline) -> Result<Vec<Outgoing>, StoreError> {
        let claim_token = Uuid::new_v4();
        let mut rows = self.0.lock().unwrap();
        let free =
            rows.iter_mut().filter(|row| !row.sent && row.claim.is_none()).take(count as usize);
        Ok(free
            .map(|row| {
                row.claim = Some(claim_token);
                Outgoing {
                    id: row.id,
                    topic: row.topic.clone(),
                    payload: row.payload.clone(),
                    claim_token,
                }
            })
            .collect())
    }
}

impl MarkSent for MemoryOutbox {
    async fn mark_sent(
        &self,
        ids: &[Uuid],
        claim_token: Uuid,
        _: Deadline,
    ) -> Result<(), StoreError> {
        let mut rows = self.0.lock().unwrap();
        for row in
            rows.iter_mut().filter(|row| ids.contains(&row.id) && row.claim == Some(claim_token))
        {
            row.sent = true;
        }
        Ok(())
    }
}
