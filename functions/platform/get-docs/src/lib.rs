//! `GET /docs` and what is below it, and `GET /openapi.json`: the contract, its reference and the guide.

mod page;

use shared::{
    http::{HandlerResult, Request},
    problem::Problem,
};

pub use page::{PAGES, Page, Served};

/// A page, a part of one, or the contract; 404 for any other path.
pub fn handle((): &(), request: &Request) -> HandlerResult<Served> {
    request.query(&[])?;
    let page = PAGES.iter().find(|page| page.path == request.raw_path()).ok_or_else(Problem::route_not_found)?;
    page.served(request.takes_gzip())
}
