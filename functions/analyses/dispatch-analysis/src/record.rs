//! Records the outcome of a call.

use analyses::{Analysis, AnalysisLog, Event, Status};
use shared::{Error, deadline::Deadline, store::StoreError};

pub(crate) const ACTOR: &str = "dispatch-analysis";

/// Appends the outcome of a call. When a callback came first, the callback stands and nothing is
/// appended.
pub(crate) async fn record(
    log: &impl AnalysisLog,
    analysis: &Analysis,
    event: &Event,
    deadline: Deadline,
) -> Result<(), Error> {
    let mut current = analysis.clone();
    loop {
        match log.append(&current, event, ACTOR, None, deadline).await {
            Err(StoreError::Stale) => match log.load(current.id, deadline).await? {
                Some(newer) if newer.status == Status::Dispatched => current = newer,
                _ => return Ok(()),
            },
            appended => return Ok(appended.map(drop)?),
        }
    }
}
