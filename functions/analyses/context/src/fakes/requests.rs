//! An in-memory store of requested analyses, with its outbox.

use std::sync::{Arc, Mutex};

use crate::{CreateAnalysis, CreateError, Created, NewAnalysis, Status, Summary};
use jiff::Timestamp;
use serde_json::{Value, json, value::to_raw_value};
use shared::{
    deadline::Deadline,
    store::{MarkSent, StoreError},
};
use uuid::Uuid;

/// The stored analyses, and the messages marked as sent.
#[derive(Debug, Clone, Default)]
pub struct MemoryRequests {
    stored: Arc<Mutex<Vec<Value>>>,
    claim: Uuid,
    sent: Arc<Mutex<Vec<(Uuid, Uuid)>>>,
}

impl MemoryRequests {
    /// Owner, symbol, workflow and parameters of each analysis.
    pub fn stored(&self) -> Vec<Value> {
        self.stored.lock().unwrap().clone()
    }

    /// The number of messages marked as sent with the token of their claim.
    pub fn marked(&self) -> usize {
        self.sent.lock().unwrap().iter().filter(|(_, claim)| *claim == self.claim).count()
    }
}

impl CreateAnalysis for MemoryRequests {
    async fn create(&self, new: NewAnalysis<'_>, _: Deadline) -> Result<Created, CreateError> {
        let NewAnalysis { id, owner, symbol, workflow, parameters, quota, .. } = new;
        if self.stored().len() >= quota as usize {
            let detail = format!("You can request {quota} analyses within 24 hours.");
            return Err(StoreError::QuotaExceeded { detail, retry_after_seconds: 60 }.into());
        }
        let row = json!({
            "owner": owner.to_string(), "symbol": symbol, "workflow": workflow,
            "parameters": parameters,
        });
        self.stored.lock().unwrap().push(row);
        let analysis = Summary {
            id,
            symbol: symbol.to_string(),
            workflow: workflow.to_owned(),
            parameters: parameters.to_owned(),
            status: Status::Requested,
            version: 1,
            progress: None,
            result: None,
            error: None,
            execution_id: None,
            requested_at: Timestamp::UNIX_EPOCH,
            dispatched_at: None,
            accepted_at: None,
            finished_at: None,
        };
        let message = to_raw_value(&json!({ "analysis_id": id })).unwrap();
        Ok(Created { analysis, outbox_id: Uuid::now_v7(), claim_token: self.claim, message })
    }
}

impl MarkSent for MemoryRequests {
    async fn mark_sent(
        &self,
        ids: &[Uuid],
        claim_token: Uuid,
        _: Deadline,
    ) -> Result<(), StoreError> {
        self.sent.lock().unwrap().extend(ids.iter().map(|id| (*id, claim_token)));
        Ok(())
    }
}
