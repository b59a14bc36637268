//! `GET /v1/metrics/definitions`: what each metric is.

use market::{Definition, Metric};
use shared::{
    http::{HandlerResult, Request},
    list::Page,
};

/// Every metric, in the order of the fields of an answer, on one page.
pub fn handle((): &(), request: &Request) -> HandlerResult<Page<Definition>> {
    request.query(&[])?;
    Ok(Page::whole(Metric::ALL.map(Metric::definition).to_vec()))
}
