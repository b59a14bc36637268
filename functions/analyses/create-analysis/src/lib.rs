//! `POST /v1/analyses`: requests an analysis of a stock, which an n8n workflow will make.

mod body;

use std::time::Duration;

use analyses::{AnalysisId, CreateAnalysis, Created, NewAnalysis, Summary};
use shared::{
    auth::{Auth, FetchKeys, Role},
    http::{Accepted, HandlerResult, Request},
    queue::Publish,
    store::MarkSent,
    telemetry,
};

use body::AnalysisRequest;

const MAX_BODY: usize = 64 * 1024;

/// 202 with the analysis as it was stored; 401 unless a user is signed in, 403 unless they are an analyst.
pub async fn handle(
    auth: &Auth<impl FetchKeys>,
    analyses: &impl CreateAnalysis,
    queue: &(impl Publish, impl MarkSent),
    request: Request,
) -> HandlerResult<Accepted<Summary>> {
    let owner = auth.caller(&request).await?.user()?.at_least(Role::Analyst)?.id();
    request.query(&[])?;
    let AnalysisRequest { symbol, workflow, parameters } = request.json(MAX_BODY)?;
    let (id, traceparent) = (AnalysisId::generate(), request.trace());
    let new = NewAnalysis { id, owner, symbol: &symbol, workflow: &workflow, parameters: &parameters, traceparent };
    let created = analyses.create(new).await?;
    send(queue, &created).await;
    Ok(Accepted { location: request.url(&format!("/v1/analyses/{id}")), resource: created.analysis })
}

/// What is stored will be done: a message that cannot be sent now is sent by relay-outbox, when our claim on it runs out.
async fn send((queue, outbox): &(impl Publish, impl MarkSent), created: &Created) {
    match queue.publish(&[&created.message], Duration::ZERO).await {
        Ok(failed) if failed.is_empty() => {
            if let Err(error) = outbox.mark_sent(&[created.outbox_id], created.claim_token).await {
                tracing::warn!(outbox.cause = telemetry::chain(&error), "the message will be sent twice");
            }
        }
        Ok(_) => tracing::warn!("the queue did not take the message; relay-outbox will send it"),
        Err(error) => {
            tracing::warn!(queue.cause = telemetry::chain(&error), "relay-outbox will send the message");
        }
    }
}
