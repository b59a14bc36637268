//! `GET /v1/analyses/{id}`: one of the caller's own analyses, with everything that happened to it.

use analyses::{AnalysisId, ReadOwnAnalysis, Timeline};
use shared::{
    auth::{Auth, FetchKeys},
    http::{HandlerResult, Request},
    problem::Problem,
};

/// 401 unless a user is signed in; 404 for an analysis that does not exist or is somebody else's.
pub async fn handle(
    auth: &Auth<impl FetchKeys>,
    analyses: &impl ReadOwnAnalysis,
    request: Request,
) -> HandlerResult<Timeline> {
    let user = auth.caller(&request).await?.user()?;
    request.query(&[])?;
    let id: AnalysisId = request.path("id")?;
    analyses.read(&user, id).await?.ok_or_else(Problem::analysis_not_found)
}
