//! Analyses: SQL functions create them and append events; owners read them under row level
//! security.

mod own;

use serde::{Deserialize, Serialize};
use serde_json::{json, value::RawValue};
use uuid::Uuid;

use shared::{
    auth::UserId,
    config::SupabaseConfig,
    deadline::Deadline,
    http_client::HttpClient,
    store::{Rest, StoreError},
    symbol::Symbol,
    trace::TraceParent,
};

use crate::{
    Analysis, AnalysisId, AnalysisLog, CreateAnalysis, CreateError, Created, Event, FindWorkflow,
    NewAnalysis, Summary, Workflow,
};

pub use own::OwnAnalyses;

/// Any analysis, for functions that create analyses and append events.
#[derive(Debug)]
pub struct AnalysisStore(Rest);

impl AnalysisStore {
    /// With the secret key.
    pub fn new(supabase: &SupabaseConfig, http: &HttpClient) -> Self {
        Self(Rest::new(supabase, http))
    }
}

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the names are those of the SQL parameters")]
struct CreateArguments<'a> {
    p_id: AnalysisId,
    p_actor: UserId,
    p_symbol: &'a Symbol,
    p_workflow: &'a str,
    p_parameters: &'a RawValue,
    p_traceparent: Option<TraceParent>,
    p_quota: u32,
}

#[derive(Deserialize)]
struct CreatedRow {
    analysis: Summary,
    outbox: OutboxRow,
}

#[derive(Deserialize)]
struct OutboxRow {
    id: Uuid,
    claim_token: Uuid,
    payload: Box<RawValue>,
}

impl CreateAnalysis for AnalysisStore {
    async fn create(
        &self,
        new: NewAnalysis<'_>,
        deadline: Deadline,
    ) -> Result<Created, CreateError> {
        let arguments = CreateArguments {
            p_id: new.id,
            p_actor: new.owner,
            p_symbol: new.symbol,
            p_workflow: new.workflow,
            p_parameters: new.parameters,
            p_traceparent: new.traceparent,
            p_quota: new.quota,
        };
        let CreatedRow { analysis, outbox } =
            self.0.call_idempotent("create_analysis", &arguments, deadline).await?;
        Ok(Created {
            analysis,
            outbox_id: outbox.id,
            claim_token: outbox.claim_token,
            message: outbox.payload,
        })
    }
}

/// A serialized event, as type and data. The data stay verbatim, so that numbers in a result
/// keep every digit.
#[derive(Deserialize)]
struct TypeAndData<'a> {
    r#type: &'a str,
    #[serde(borrow)]
    data: &'a RawValue,
}

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the names are those of the SQL parameters")]
struct AppendArguments<'a> {
    p_analysis_id: AnalysisId,
    p_version: i64,
    p_type: &'a str,
    p_data: &'a RawValue,
    p_actor: &'a str,
    p_webhook_id: Option<&'a str>,
}

impl AnalysisLog for AnalysisStore {
    async fn load(
        &self,
        id: AnalysisId,
        deadline: Deadline,
    ) -> Result<Option<Analysis>, StoreError> {
        let columns = "id,symbol,workflow,parameters,status,version,attempts,earlier_attempts,\
            lease_until,queued_at,dispatched_at,error,traceparent";
        Ok(self
            .0
            .rows(self.0.table("analyses").select(columns).eq("id", id.to_string()), deadline)
            .await?
            .pop())
    }

    async fn append(
        &self,
        analysis: &Analysis,
        event: &Event,
        actor: &str,
        webhook_id: Option<&str>,
        deadline: Deadline,
    ) -> Result<Analysis, StoreError> {
        let event =
            serde_json::to_string(event).map_err(|error| StoreError::Unexpected(error.into()))?;
        let TypeAndData { r#type, data } =
            serde_json::from_str(&event).map_err(|error| StoreError::Unexpected(error.into()))?;
        let arguments = AppendArguments {
            p_analysis_id: analysis.id,
            p_version: analysis.version,
            p_type: r#type,
            p_data: data,
            p_actor: actor,
            p_webhook_id: webhook_id,
        };
        self.0.call("append_analysis_event", &arguments, deadline).await
    }

    async fn raise_progress(
        &self,
        id: AnalysisId,
        attempt: u32,
        percent: u8,
        deadline: Deadline,
    ) -> Result<(), StoreError> {
        let arguments = json!({ "p_analysis_id": id, "p_progress": percent, "p_attempt": attempt });
        self.0.run("record_analysis_progress", &arguments, deadline).await
    }
}

impl FindWorkflow for AnalysisStore {
    async fn workflow(
        &self,
        name: &str,
        deadline: Deadline,
    ) -> Result<Option<Workflow>, StoreError> {
        Ok(self
            .0
            .rows(
                self.0.table("workflows").select("name,webhook_path,enabled").eq("name", name),
                deadline,
            )
            .await?
            .pop())
    }
}
