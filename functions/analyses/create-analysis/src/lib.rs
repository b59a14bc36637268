//! `POST /v1/analyses`: requests an analysis of a stock by an n8n workflow.

mod body;

use std::num::NonZeroU32;

use analyses::{AnalysisId, AnalysisStore, CreateAnalysis, Created, NewAnalysis, Summary};
use shared::{
    auth::{Role, User},
    config::{self, ConfigError, SupabaseConfig},
    http::{Accepted, HandlerResult, KIB, Rate, Request, Route},
    http_client::HttpClient,
    queue::{Publish, Queue, QueueName},
    store::{MarkSent, Outbox, OutboxMessage, send_now},
};

use body::AnalysisRequest;

pub const ROUTE: Route<User> = Route::user("create-analysis", Role::Analyst)
    .rate(Rate::Write)
    .body(64 * KIB)
    .idempotent()
    .audited();

const QUOTA: &str = "ANALYSES_PER_DAY";

/// The store of analyses, their queue, the outbox, and the quota of each user.
#[derive(Debug)]
pub struct Deps<A, Q, O> {
    pub analyses: A,
    pub queue: Q,
    pub outbox: O,
    /// `ANALYSES_PER_DAY`: the number of analyses that a user can request within 24 hours.
    pub quota: u32,
}

impl Deps<AnalysisStore, Queue, Outbox> {
    pub fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        let supabase = SupabaseConfig::secret()?;
        Ok(Self {
            analyses: AnalysisStore::new(&supabase, http),
            queue: Queue::from_env(QueueName::Analyses, http)?,
            outbox: Outbox::new(&supabase, http),
            quota: config::parsed(QUOTA)?
                .map(NonZeroU32::get)
                .ok_or(ConfigError::Missing(QUOTA))?,
        })
    }
}

/// 202 with the stored analysis; 429 when the quota of the user is used up.
pub async fn handle(
    deps: &Deps<impl CreateAnalysis, impl Publish, impl MarkSent>,
    user: User,
    request: Request,
) -> HandlerResult<Accepted<Summary>> {
    request.no_query()?;
    let AnalysisRequest { symbol, workflow, parameters } = request.json()?;
    let (id, owner, traceparent) = (AnalysisId::generate(), user.id(), request.trace());
    let new = NewAnalysis {
        id,
        owner,
        symbol: &symbol,
        workflow: &workflow.unwrap_or_default(),
        parameters: &parameters.unwrap_or_default(),
        traceparent,
        quota: deps.quota,
    };
    let Created { analysis, outbox_id, claim_token, message } =
        deps.analyses.create(new, request.deadline()).await?;
    let messages = [OutboxMessage { id: outbox_id, payload: message }];
    send_now(&deps.queue, &deps.outbox, &messages, claim_token, request.deadline()).await;
    Ok(Accepted { location: request.url(&format!("/v1/analyses/{id}")), resource: analysis })
}
