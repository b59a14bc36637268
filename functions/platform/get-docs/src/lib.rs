//! `GET /docs`, the pages below it, and `GET /openapi.json`: the guide, the reference and the
//! contract.

mod page;

use shared::{
    auth::Anyone,
    http::{HandlerResult, Rate, Request, Route},
    problem::Problem,
};

pub use page::{PAGES, Page, Served};

pub const ROUTE: Route<Anyone> = Route::open("get-docs").rate(Rate::Unlimited);

/// A page, an asset or the contract; 404 for any other path.
#[expect(clippy::unused_async, reason = "handlers are async")]
pub async fn handle((): &(), _: Anyone, request: Request) -> HandlerResult<Served> {
    request.no_query()?;
    let page = PAGES
        .iter()
        .find(|page| page.path == request.raw_path())
        .ok_or_else(Problem::route_not_found)?;
    page.served(request.takes_gzip())
}
