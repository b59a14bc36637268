//! `$default`: every request that matches no route.

mod routes;

use std::convert::Infallible;

use shared::{
    auth::Anyone,
    http::{HandlerResult, Rate, Request, Route},
    problem::Problem,
};

pub use routes::ROUTES;

pub const ROUTE: Route<Anyone> = Route::open("reject-unknown").rate(Rate::Unlimited);

/// 405 with `Allow` for a known path, 404 for any other.
#[expect(clippy::unused_async, reason = "handlers are async")]
pub async fn handle((): &(), _: Anyone, request: Request) -> HandlerResult<Infallible> {
    let path = request.raw_path();
    let allowed =
        ROUTES.iter().find(|(route, _)| matches(route, path)).map(|(_, methods)| *methods);
    Err(match allowed {
        Some(methods) => Problem::method_not_allowed(methods),
        None => Problem::route_not_found(),
    })
}

/// True when `path` matches `route`, in which `{name}` stands for one segment.
fn matches(route: &str, path: &str) -> bool {
    route.split('/').count() == path.split('/').count()
        && route.split('/').zip(path.split('/')).all(|(expected, given)| fits(expected, given))
}

fn fits(expected: &str, given: &str) -> bool {
    if expected.starts_with('{') { !given.is_empty() } else { expected == given }
}
