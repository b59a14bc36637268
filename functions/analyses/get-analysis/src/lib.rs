//! `GET /v1/analyses/{id}`: one of the caller's own analyses, with its events.

use std::str::FromStr;

use analyses::{AnalysisId, OwnAnalyses, ReadOwnAnalysis, Timeline, analysis_not_found};
use shared::{
    auth::{Role, User},
    config::{ConfigError, SupabaseConfig},
    http::{HandlerResult, Rate, Request, Route},
    http_client::HttpClient,
};

pub const ROUTE: Route<User> = Route::user("get-analysis", Role::Viewer).rate(Rate::Read);

/// The analyses that a user may read.
#[derive(Debug)]
pub struct Deps<A> {
    pub analyses: A,
}

impl Deps<OwnAnalyses> {
    pub fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        Ok(Self { analyses: OwnAnalyses::new(&SupabaseConfig::publishable()?, http) })
    }
}

/// A page of the events after the version `after`; 404 for an analysis that does not exist or
/// belongs to another user.
pub async fn handle(
    deps: &Deps<impl ReadOwnAnalysis>,
    user: User,
    request: Request,
) -> HandlerResult<Timeline> {
    let after = request.query(&["after"])?.get("after")?.map_or(0, |Version(version)| version);
    let id: AnalysisId = request.path("id")?;
    deps.analyses.read(&user, id, after, request.deadline()).await?.ok_or_else(analysis_not_found)
}

/// A version of an analysis; the database has no larger integers.
struct Version(u32);

impl FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let version = text.parse().ok().filter(|version| *version <= i32::MAX.unsigned_abs());
        version.map(Self).ok_or_else(|| format!("must be an integer from 0 to {}", i32::MAX))
    }
}
