//! Function URL: n8n reports the progress or the result of an analysis, as a signed webhook.

pub mod callback;

use crate::callback::{Callback, Effect, apply_callback};
use analyses::{AnalysisLog, Event};
use serde::Serialize;
use shared::{
    http::{Cache, HandlerResult, Request, Resource, parse_json},
    problem::Problem,
    store::StoreError,
    webhook::WebhookKeys,
};

const ACTOR: &str = "n8n";
const MAX_BODY: usize = 256 * 1024;

/// What became of the report.
#[derive(Debug, Serialize)]
pub struct Receipt {
    pub outcome: ReceiptStatus,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ReceiptStatus {
    /// It changed the analysis.
    Applied,
    /// It came before.
    Duplicate,
    /// The analysis is over, or was not dispatched yet.
    Ignored,
}

impl Resource for Receipt {
    const CACHE: Cache = Cache::Never;
}

/// 401 unless it is signed, 404 for an unknown analysis; a repetition of a report changes nothing.
pub async fn handle(keys: &WebhookKeys, log: &impl AnalysisLog, request: Request) -> HandlerResult<Receipt> {
    let message = keys.verified(&request, MAX_BODY)?;
    let callback: Callback = parse_json(message.body)?;
    loop {
        // Nothing means that it is another state by now: decide again.
        if let Some(outcome) = apply(log, &callback, message.id).await? {
            return Ok(Receipt { outcome });
        }
    }
}

async fn apply(
    log: &impl AnalysisLog,
    callback: &Callback,
    webhook_id: &str,
) -> Result<Option<ReceiptStatus>, Problem> {
    let analysis = log.load(callback.analysis_id).await?.ok_or_else(Problem::analysis_not_found)?;
    let effect = apply_callback(&analysis, callback)
        .map_err(|error| Problem::invalid("type", "incomplete", error.to_string()))?;
    let (event, id) = match &effect {
        Effect::Progress(percent) => {
            log.raise_progress(analysis.id, *percent).await?;
            return Ok(Some(ReceiptStatus::Applied));
        }
        Effect::AppendFirst(event) => (event, None),
        Effect::Append(event) => (event, Some(webhook_id)),
    };
    match log.append(&analysis, event, ACTOR, id).await {
        Err(StoreError::Stale) => Ok(None),
        Err(error) => Err(error.into()),
        Ok(_) if id.is_none() => Ok(None),
        Ok(after) if after.version == analysis.version => Ok(Some(ReceiptStatus::Duplicate)),
        Ok(_) if matches!(event, Event::CallbackIgnored { .. }) => Ok(Some(ReceiptStatus::Ignored)),
        Ok(_) => Ok(Some(ReceiptStatus::Applied)),
    }
}
