//! Ends expired analyses.

use std::future::Future;

use analyses::AnalysisId;
use serde::Deserialize;
use serde_json::json;
use shared::{
    config::SupabaseConfig,
    deadline::Deadline,
    http_client::HttpClient,
    store::{Rest, StoreError},
};

/// An analysis that was ended.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Expired {
    pub analysis_id: AnalysisId,
    /// `not_accepted`, `no_result` or `no_progress`.
    pub code: String,
}

/// Ends expired analyses.
pub trait ExpireAnalyses: Send + Sync {
    /// Ends at most `count` analyses that have expired, and returns them.
    fn expire(
        &self,
        count: u32,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Vec<Expired>, StoreError>> + Send;
}

/// Ends them through an SQL function.
#[derive(Debug)]
pub struct Analyses(Rest);

impl Analyses {
    pub fn new(supabase: &SupabaseConfig, http: &HttpClient) -> Self {
        Self(Rest::new(supabase, http))
    }
}

impl ExpireAnalyses for Analyses {
    async fn expire(&self, count: u32, deadline: Deadline) -> Result<Vec<Expired>, StoreError> {
        self.0.call("expire_analyses", &json!({ "p_limit": count }), deadline).await
    }
}
