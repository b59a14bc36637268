//! Analyses, read by their owners.

use serde::Deserialize;
use shared::{
    auth::User,
    config::SupabaseConfig,
    deadline::Deadline,
    http_client::HttpClient,
    store::{Rest, StoreError, parse},
};

use crate::{AnalysisId, EventRecord, ReadOwnAnalysis, Summary, Timeline};

const COLUMNS: &str = "id,symbol,workflow,parameters,status,version,progress,result,error,\
    execution_id,requested_at,dispatched_at,accepted_at,finished_at,\
    analysis_events(version,type,occurred_at,data)";

/// PostgREST returns at most 250 rows, without saying that there are more.
const PAGE: usize = 200;

/// Analyses as their owners may read them.
#[derive(Debug)]
pub struct OwnAnalyses(Rest);

impl OwnAnalyses {
    /// With the publishable key; requests carry the token of the user.
    pub fn new(supabase: &SupabaseConfig, http: &HttpClient) -> Self {
        Self(Rest::new(supabase, http))
    }
}

#[derive(Deserialize)]
struct Events {
    analysis_events: Vec<EventRecord>,
}

impl ReadOwnAnalysis for OwnAnalyses {
    async fn read(
        &self,
        user: &User,
        id: AnalysisId,
        after: u32,
        deadline: Deadline,
    ) -> Result<Option<Timeline>, StoreError> {
        let query = self.0.table("analyses").select(COLUMNS).eq("id", id.to_string());
        let query = query
            .gt("analysis_events.version", after.to_string())
            .order_with_options("version", Some("analysis_events"), true, false)
            .foreign_table_limit(PAGE, "analysis_events");
        let rows = self.0.rows_of(user.token(), query, deadline).await?;
        // serde cannot flatten a `RawValue`, so the response is parsed twice.
        let summary = parse::<Vec<Summary>>(&rows)?.pop();
        let events = parse::<Vec<Events>>(&rows)?.pop();
        Ok(summary
            .zip(events)
            .map(|(summary, events)| Timeline::page(summary, events.analysis_events)))
    }
}
