//! Schedule, every minute: ends the analyses that have expired.
//!
//! An analysis expires when it was not accepted within 24 hours, when its workflow sends no result
//! within its `result_timeout`, or when a workflow with a `heartbeat_timeout` sends no progress for
//! that long. The database decides and appends the events in one transaction.

mod expired;

use std::time::Duration;

use shared::{
    Error,
    config::{ConfigError, SupabaseConfig},
    http_client::HttpClient,
    schedule::{Job, Run},
    store,
};

pub use expired::{Analyses, ExpireAnalyses, Expired};

pub const JOB: Job =
    Job { id: "expire-analyses", every: Duration::from_mins(1), timeout: Duration::from_secs(55) };
const BATCH: u32 = 100;

/// The store of analyses.
#[derive(Debug)]
pub struct Deps<A> {
    pub analyses: A,
}

impl Deps<Analyses> {
    pub fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        Ok(Self { analyses: Analyses::new(&SupabaseConfig::secret()?, http) })
    }
}

/// Ends batches of expired analyses until none is left or there is no time for another batch.
pub async fn handle(deps: &Deps<impl ExpireAnalyses>, run: Run) -> Result<(), Error> {
    while run.deadline.has(store::TIMEOUT) {
        let expired = deps.analyses.expire(BATCH, run.deadline).await?;
        if expired.is_empty() {
            break;
        }
        for Expired { analysis_id, code } in expired {
            tracing::warn!(
                analysis.id = %analysis_id,
                analysis.error = code,
                "an analysis expired"
            );
        }
    }
    Ok(())
}
