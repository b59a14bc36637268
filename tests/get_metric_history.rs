//! `GET /v1/stocks/{symbol}/history`

use support::{Response, assert_problem, call, event_json, fakes::markets::MemoryMarkets, http_event, stack::Stack};

use crate::list_stocks::cursors;

async fn history(event: &str, query: &str) -> Response {
    let dependencies = (MemoryMarkets::with_january(), cursors());
    let mut json = event_json(event);
    json["rawQueryString"] = query.into();
    let handle = |(history, cursors): &'static (MemoryMarkets, _), request| {
        get_metric_history::handle(history, cursors, request)
    };
    call(Box::leak(Box::new(dependencies)), handle, http_event(&json)).await
}

fn days(reply: &Response) -> Vec<String> {
    let body = reply.json();
    body["items"].as_array().unwrap().iter().map(|row| row["day"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn both_ends_of_a_range_belong_to_it() {
    let reply = history("get-metric-history", "from=2013-01-30&to=2013-01-31").await;
    assert_eq!(days(&reply), ["2013-01-30", "2013-01-31"]);
    assert!(reply.json()["next"].is_null());
}

#[tokio::test]
async fn a_page_continues_behind_its_last_day() {
    let first = history("get-metric-history", "from=2013-01-10&to=2013-01-12&limit=2").await;
    assert_eq!(days(&first), ["2013-01-10", "2013-01-11"]);
    let next = first.json()["next"].as_str().unwrap().to_owned();
    let second = history("get-metric-history", &format!("from=2013-01-10&to=2013-01-12&limit=2&cursor={next}")).await;
    assert_eq!(days(&second), ["2013-01-12"]);
}

#[tokio::test]
async fn a_cursor_of_another_range_is_refused() {
    let first = history("get-metric-history", "from=2013-01-10&limit=2").await;
    let next = first.json()["next"].as_str().unwrap().to_owned();
    let other = history("get-metric-history", &format!("from=2013-01-11&limit=2&cursor={next}")).await;
    assert_problem(&other, 400, "invalid_cursor");
}

#[tokio::test]
async fn a_range_that_ends_before_it_begins_is_refused() {
    let reply = history("get-metric-history", "from=2013-01-12&to=2013-01-10").await;
    assert_eq!(assert_problem(&reply, 400, "validation_failed")["errors"][0]["field"], "from");
}

#[tokio::test]
async fn a_text_that_is_no_day_is_refused() {
    let reply = history("get-metric-history", "from=2013-02-30").await;
    assert_eq!(assert_problem(&reply, 400, "validation_failed")["errors"][0]["field"], "from");
}

#[tokio::test]
async fn unknown_symbol_is_a_404_problem() {
    assert_problem(&history("get-metric-history.unknown-symbol", "").await, 404, "stock_not_found");
}

mod on_the_stack {
    use super::*;

    #[tokio::test]
    async fn every_day_of_aapl_is_met_once_in_order() {
        let stack = Stack::running();
        let (mut path, mut met) = ("/v1/stocks/AAPL/history?limit=200&from=2005-01-01".to_owned(), Vec::new());
        loop {
            let page = stack.get_json(&path, None).await;
            assert_eq!(page.status, 200, "{page:?}");
            met.extend(days(&page));
            let Some(next) = page.json()["next"].as_str().map(str::to_owned) else { break };
            path = format!("/v1/stocks/AAPL/history?limit=200&from=2005-01-01&cursor={next}");
        }
        let csv = concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/local/data/bars/AAPL.csv");
        let text = std::fs::read_to_string(csv).unwrap();
        let expected: Vec<&str> =
            text.lines().skip(1).map(|line| &line[..10]).filter(|day| *day >= "2005-01-01").collect();
        assert_eq!(met, expected);
    }
}
