//! `GET /v1/metrics/definitions`: name, unit and formula of each metric.

use market::{Definition, Format, Listed, Metric};
use shared::{
    auth::Anyone,
    http::{HandlerResult, Rate, Request, Route},
    list::Page,
};

pub const ROUTE: Route<Anyone> = Route::open("list-metric-definitions").rate(Rate::Read);

const COLUMNS: [&str; 6] = ["name", "title", "unit", "formula", "warm_up", "source"];

/// Every metric, in the order of the fields of a snapshot, on one page.
#[expect(clippy::unused_async, reason = "handlers are async")]
pub async fn handle(
    (): &(),
    _: Anyone,
    request: Request,
) -> HandlerResult<Listed<Page<Definition>>> {
    let format = Format::of(&request, request.query(&["format"])?)?;
    Ok(format.whole(Page::whole(Metric::ALL.map(Metric::definition).to_vec()), &COLUMNS))
}
