//! The media type of the response, by `Accept` (RFC 9110, 12.5.1).

use http::StatusCode;
use shared::{http::Request, problem::Problem};

/// The format of a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Csv,
}

impl Format {
    /// The format with the higher quality; JSON when both are equal.
    pub(crate) fn accepted(request: &Request) -> Result<Self, Problem> {
        match (request.accepts("application/json"), request.accepts("text/csv")) {
            (0, 0) => {
                let detail = "This route returns application/json or text/csv.";
                Err(Problem::new(StatusCode::NOT_ACCEPTABLE, "not_acceptable", detail))
            }
            (json, csv) if csv > json => Ok(Self::Csv),
            _ => Ok(Self::Json),
        }
    }
}
