//! `GET /docs`, the pages below it, and what programs read first: the contract, `llms.txt` and
//! `server.json`. `GET /` is a start page for people.

mod page;

use shared::{
    auth::Anyone,
    http::{HandlerResult, Rate, Request, Route},
    problem::Problem,
};

pub use page::{PAGES, Page, Served};

pub const ROUTE: Route<Anyone> = Route::open("get-docs").rate(Rate::Unlimited);

/// A page, an asset or the contract; 404 for any other path, and at `/` for programs.
#[expect(clippy::unused_async, reason = "handlers are async")]
pub async fn handle((): &(), _: Anyone, request: Request) -> HandlerResult<Served> {
    request.no_query()?;
    let page = PAGES
        .iter()
        .find(|page| page.path == request.raw_path())
        .filter(|page| page.path != "/" || prefers_html(&request))
        .ok_or_else(Problem::route_not_found)?;
    page.served(&request)
}

/// True for a browser, which names HTML in `Accept`; false for `*/*`.
fn prefers_html(request: &Request) -> bool {
    request.accepts("text/html") > request.accepts("application/problem+json")
}
