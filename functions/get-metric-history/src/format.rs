//! Which media type the caller takes (RFC 9110, 12.5.1).

use http::{StatusCode, header};
use shared::{http::Request, problem::Problem};

/// How the history is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Csv,
}

impl Format {
    /// The one that the caller likes best; JSON when both are as good.
    pub(crate) fn accepted(request: &Request) -> Result<Self, Problem> {
        let values = request.headers(header::ACCEPT).filter_map(|value| value.to_str().ok());
        let accept = values.collect::<Vec<_>>().join(",");
        let (json, csv) = (quality(&accept, "application", "json"), quality(&accept, "text", "csv"));
        if json <= 0.0 && csv <= 0.0 {
            let detail = "This route answers with application/json or text/csv.";
            return Err(Problem::new(StatusCode::NOT_ACCEPTABLE, "not_acceptable", detail));
        }
        Ok(if csv > json { Self::Csv } else { Self::Json })
    }
}

/// How much a media type is wanted, 0 to 1, by the most specific range that it is in.
fn quality(accept: &str, main: &str, sub: &str) -> f32 {
    let ranges = accept.split(',').map(str::trim).filter(|range| !range.is_empty());
    let matching = ranges.clone().filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let (given_main, given_sub) = parts.next()?.split_once('/')?;
        let specific = match (given_main, given_sub) {
            ("*", "*") => 0,
            (given, "*") if given.eq_ignore_ascii_case(main) => 1,
            (given, other) if given.eq_ignore_ascii_case(main) && other.eq_ignore_ascii_case(sub) => 2,
            _ => return None,
        };
        let weight = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
        Some((specific, weight.map_or(Some(1.0), |weight| weight.parse().ok())?))
    });
    match matching.max_by_key(|(specific, _)| *specific) {
        Some((_, quality)) => quality,
        // Without the header everything is as good.
        None => f32::from(u8::from(ranges.count() == 0)),
    }
}
