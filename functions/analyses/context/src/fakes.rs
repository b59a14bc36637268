//! Analyses in memory.

#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test whose data are missing must fail"
)]

mod requests;

pub use requests::MemoryRequests;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use jiff::Timestamp;
use serde_json::{json, value::to_raw_value};
use shared::{deadline::Deadline, store::StoreError};

use crate::{Analysis, AnalysisId, AnalysisLog, Event, Failure, FindWorkflow, Status, Workflow};

#[derive(Debug)]
struct Entry {
    analysis: Analysis,
    events: Vec<Event>,
    webhook_ids: Vec<String>,
    progress: Option<u8>,
    /// A member that the schema of the workflow requires in a result.
    required: Option<&'static str>,
}

/// An in-memory log with one analysis; clones share it.
#[derive(Debug, Clone, Default)]
pub struct MemoryAnalyses(Arc<Mutex<HashMap<AnalysisId, Entry>>>);

impl MemoryAnalyses {
    /// Every workflow exists except this one.
    pub const NO_WORKFLOW: &str = "gone";
    /// Every workflow is enabled except this one.
    pub const DISABLED: &str = "off";

    /// One requested analysis, with the id that the sample events have.
    pub fn with_requested() -> Self {
        let analysis: Analysis = serde_json::from_value(json!({
            "id": Self::id(), "symbol": "AAPL", "workflow": "stock-analysis", "parameters": null,
            "status": "requested", "version": 1, "attempts": 0, "earlier_attempts": 0,
            "lease_until": null, "queued_at": Timestamp::now(), "dispatched_at": null,
            "error": null, "traceparent": null,
        }))
        .unwrap();
        let analysis = Analysis { parameters: to_raw_value(&json!({})).unwrap(), ..analysis };
        let (events, webhook_ids) = (Vec::new(), Vec::new());
        let entry = Entry { analysis, events, webhook_ids, progress: None, required: None };
        Self(Arc::new(Mutex::new(HashMap::from([(Self::id(), entry)]))))
    }

    /// As [`with_requested`](Self::with_requested), with `change` applied.
    pub fn with(change: impl FnOnce(&mut Analysis)) -> Self {
        let log = Self::with_requested();
        log.entry(|entry| change(&mut entry.analysis));
        log
    }

    /// Changes the one analysis, without an event.
    pub fn change(&self, change: impl FnOnce(&mut Analysis)) {
        self.entry(|entry| change(&mut entry.analysis));
    }

    /// The schema of the workflow requires this member in a result.
    #[must_use]
    pub fn requiring(self, member: &'static str) -> Self {
        self.entry(|entry| entry.required = Some(member));
        self
    }

    pub fn id() -> AnalysisId {
        "019cade2-11c0-7c0a-9b5e-3f1d2a6b8c47".parse().unwrap()
    }

    /// The state of the one analysis.
    pub fn analysis(&self) -> Analysis {
        self.entry(|entry| entry.analysis.clone())
    }

    /// The appended events, as JSON.
    pub fn events(&self) -> Vec<serde_json::Value> {
        self.entry(|entry| {
            entry.events.iter().map(|event| serde_json::to_value(event).unwrap()).collect()
        })
    }

    /// The types of the appended events.
    pub fn types(&self) -> Vec<String> {
        self.events().iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
    }

    pub fn progress(&self) -> Option<u8> {
        self.entry(|entry| entry.progress)
    }

    fn entry<T>(&self, with: impl FnOnce(&mut Entry) -> T) -> T {
        with(self.0.lock().unwrap().get_mut(&Self::id()).unwrap())
    }
}

fn project(analysis: &mut Analysis, event: &Event) {
    analysis.version += 1;
    match event {
        Event::Dispatched { attempt, lease_until } => {
            (analysis.status, analysis.attempts) = (Status::Dispatched, *attempt);
            analysis.lease_until = Some(*lease_until);
            analysis.dispatched_at = Some(Timestamp::now());
        }
        Event::Accepted { .. } => {
            (analysis.status, analysis.lease_until) = (Status::Accepted, None);
        }
        Event::AttemptFailed { next_attempt_at, .. } => {
            analysis.lease_until = Some(*next_attempt_at);
        }
        Event::Succeeded { .. } => {
            (analysis.status, analysis.lease_until) = (Status::Succeeded, None);
        }
        Event::Failed { code, message, .. } => {
            (analysis.status, analysis.lease_until) = (Status::Failed, None);
            analysis.error = Some(Failure { code: code.clone(), message: message.clone() });
        }
        Event::Redriven { .. } => {
            (analysis.status, analysis.error) = (Status::Requested, None);
            analysis.earlier_attempts = analysis.attempts;
            (analysis.queued_at, analysis.dispatched_at) = (Timestamp::now(), None);
        }
        Event::CallbackIgnored { .. } | Event::ResultInvalid { .. } => {}
    }
}

fn violated(required: Option<&str>, event: &Event) -> Option<StoreError> {
    let (Some(member), Event::Succeeded { result, .. }) = (required, event) else { return None };
    let result: serde_json::Value = serde_json::from_str(result.get()).unwrap();
    let detail = json!({ "field": format!("result.{member}"), "detail": "is required" });
    let code = "invalid_result".to_owned();
    result.get(member).is_none().then(|| StoreError::Refused { code, detail: detail.to_string() })
}

impl AnalysisLog for MemoryAnalyses {
    async fn load(&self, id: AnalysisId, _: Deadline) -> Result<Option<Analysis>, StoreError> {
        Ok(self.0.lock().unwrap().get(&id).map(|entry| entry.analysis.clone()))
    }

    async fn append(
        &self,
        analysis: &Analysis,
        event: &Event,
        _actor: &str,
        webhook_id: Option<&str>,
        _: Deadline,
    ) -> Result<Analysis, StoreError> {
        let mut entries = self.0.lock().unwrap();
        let Some(entry) = entries.get_mut(&analysis.id) else {
            return Err(StoreError::Refused {
                code: "analysis_not_found".to_owned(),
                detail: String::new(),
            });
        };
        if webhook_id.is_some_and(|id| entry.webhook_ids.iter().any(|known| known == id)) {
            return Ok(entry.analysis.clone());
        }
        if entry.analysis.version != analysis.version {
            return Err(StoreError::Stale);
        }
        if let Some(refusal) = violated(entry.required, event) {
            return Err(refusal);
        }
        entry.webhook_ids.extend(webhook_id.map(str::to_owned));
        entry.events.push(event.clone());
        project(&mut entry.analysis, event);
        Ok(entry.analysis.clone())
    }

    async fn raise_progress(
        &self,
        id: AnalysisId,
        attempt: u32,
        percent: u8,
        _: Deadline,
    ) -> Result<(), StoreError> {
        let mut entries = self.0.lock().unwrap();
        let running = entries.get_mut(&id).filter(|entry| {
            !entry.analysis.status.is_final() && entry.analysis.attempts == attempt
        });
        if let Some(entry) = running {
            entry.progress = entry.progress.max(Some(percent));
        }
        Ok(())
    }
}

impl FindWorkflow for MemoryAnalyses {
    async fn workflow(&self, name: &str, _: Deadline) -> Result<Option<Workflow>, StoreError> {
        Ok((name != Self::NO_WORKFLOW).then(|| Workflow {
            name: name.to_owned(),
            webhook_path: name.to_owned(),
            enabled: name != Self::DISABLED,
        }))
    }
}
