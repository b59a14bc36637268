//! `GET /v1/stocks/{symbol}/chart.svg` and `chart.png`.

mod axes;
mod changes;
mod drawing;
mod legible;
mod parameters;
mod styles;

use std::sync::LazyLock;

use market::fakes::{self, history as sample, periods};
use market::{Dated, History, HistoryQuery, HistoryRow, ReadHistory, Symbol};
use shared::{cached::Cached, deadline::Deadline, store::StoreError};
use support::{app::App, assert_problem};

static AAPL: LazyLock<Vec<HistoryRow>> = LazyLock::new(|| sample("AAPL"));

/// AAPL under any name, with or without prices.
#[derive(Debug)]
struct Shelf {
    name: String,
    history: Vec<HistoryRow>,
}

impl Shelf {
    fn with_aapl() -> Self {
        Self::named("Apple Inc.")
    }

    fn named(name: &str) -> Self {
        Self { name: name.to_owned(), history: AAPL.clone() }
    }

    /// Followed, and never refreshed.
    fn empty() -> Self {
        Self { history: Vec::new(), ..Self::with_aapl() }
    }
}

impl ReadHistory for Shelf {
    async fn history(
        &self,
        symbol: &Symbol,
        query: &HistoryQuery,
        _: Deadline,
    ) -> Result<Cached<Option<History>>, StoreError> {
        let last = self.history.last().map(|_| fakes::snapshot(symbol.as_str()).dates());
        let dates = last.unwrap_or_default();
        let (name, currency) = (self.name.clone(), "USD".to_owned());
        let (interval, rows) =
            (fakes::interval(&self.history, query), periods(&self.history, query));
        let history = History { name, currency, dates, interval, rows, bars: Vec::new() };
        Ok(Cached::from_store((symbol.as_str() == "AAPL").then_some(history)))
    }
}

fn app(shelf: Shelf) -> App {
    App::default().mount(
        get_chart::ROUTE,
        get_chart::Deps { markets: shelf },
        get_chart::handle,
        (),
    )
}

fn aapl() -> App {
    app(Shelf::with_aapl())
}

/// The drawing of AAPL with this query.
async fn svg(query: &str) -> String {
    svg_of(Shelf::with_aapl(), query).await
}

async fn svg_of(shelf: Shelf, query: &str) -> String {
    let reply = app(shelf).get(&format!("/v1/stocks/AAPL/chart.svg?{query}")).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "image/svg+xml"));
    String::from_utf8(reply.body).unwrap()
}

#[tokio::test]
async fn an_unknown_range_is_a_400_problem() {
    assert_problem(&aapl().event("get-chart.unknown-range").await, 400, "validation_failed");
}

#[tokio::test]
async fn unknown_symbol_is_a_404_problem() {
    assert_problem(&aapl().event("get-chart.unknown-symbol").await, 404, "stock_not_found");
}

#[tokio::test]
async fn an_unavailable_store_is_a_503_problem() {
    let reply = App::with(fakes::MemoryMarkets::down()).event("get-chart").await;
    assert_problem(&reply, 503, "upstream_unavailable");
}

#[tokio::test]
async fn the_headers_of_a_chart_have_its_day_and_refresh_time() {
    for event in ["get-chart", "get-chart.candles", "get-chart.png"] {
        let reply = aapl().event(event).await;
        assert_eq!(
            (reply.header("as-of"), reply.header("refreshed-at")),
            ("2013-03-01", "2026-03-02T09:30:00Z")
        );
    }
    let never = app(Shelf::empty()).event("get-chart").await;
    assert_eq!(
        (never.status, never.headers.get("as-of"), never.headers.get("refreshed-at")),
        (200, None, None)
    );
}

#[tokio::test]
async fn a_matching_etag_is_a_304_without_a_body() {
    let first = aapl().event("get-chart.png").await;
    assert!(first.header("etag").starts_with("W/\""), "{}", first.header("etag"));
    let headers = [("if-none-match", first.header("etag"))];
    let second = aapl().get_with("/v1/stocks/AAPL/chart.png", &headers).await;
    assert_eq!((second.status, second.body.len()), (304, 0));
}

mod on_the_stack {
    use resvg::tiny_skia::Pixmap;
    use support::stack::Stack;

    use super::svg;

    #[tokio::test]
    async fn both_pictures_of_aapl_are_served() {
        let stack = Stack::running();
        let svg = stack.get_json("/v1/stocks/AAPL/chart.svg?range=max", None).await;
        assert_eq!((svg.status, svg.header("content-type")), (200, "image/svg+xml"));
        let svg = String::from_utf8(svg.body).unwrap();
        assert!(svg.contains("Apple Inc. (AAPL)") && svg.contains("1 Mar 2013"), "{svg}");
        let png =
            stack.get_json("/v1/stocks/aapl/chart.png?width=640&height=400&theme=dark", None).await;
        assert_eq!((png.status, png.header("content-type")), (200, "image/png"));
        let pixels = Pixmap::decode_png(&png.body).unwrap();
        assert_eq!((pixels.width(), pixels.height()), (640, 400));
    }

    #[tokio::test]
    async fn the_fake_draws_the_same_chart() {
        let stack = Stack::running();
        for query in [
            "range=6m",
            "range=5y&panels=macd",
            "range=max&width=320",
            "range=max&width=320&style=candles",
            "from=2005-01-03&to=2005-05-02",
            "from=2004-11-15&style=candles",
            "to=2000-06-01",
        ] {
            let path = format!("/v1/stocks/AAPL/chart.svg?{query}");
            let reply = stack.get_json(&path, None).await;
            let is_same = String::from_utf8(reply.body).unwrap() == svg(query).await;
            assert!(is_same, "{query}");
        }
    }

    #[tokio::test]
    async fn a_stock_without_prices_has_a_picture_that_says_so() {
        let stack = Stack::running();
        let symbol = stack.add_stock("PIC").await;
        let svg = stack.get_json(&format!("/v1/stocks/{symbol}/chart.svg"), None).await;
        assert_eq!(svg.status, 200);
        assert!(String::from_utf8(svg.body).unwrap().contains("No prices yet"));
    }
}
