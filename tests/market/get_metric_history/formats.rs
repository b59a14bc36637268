//! JSON or CSV, and the most bytes of a response.

use super::*;

const CSV: &[(&str, &str)] = &[("accept", "text/csv")];

#[tokio::test]
async fn csv_has_a_header_and_a_line_per_day_that_ends_with_cr_lf() {
    let path = "/v1/stocks/AAPL/history?from=2013-01-30&metrics=rsi_14,beta_252d";
    let reply = app().get_with(path, CSV).await;
    assert_eq!(
        reply.text(),
        "symbol,day,open,high,low,close,adj_close,volume,adj_volume,split_factor,dividend,\
         rsi_14,beta_252d\r\n\
         AAPL,2013-01-30,230,250,210,240,105,1000,,,,,\r\n\
         AAPL,2013-01-31,231,251,211,241,105,1000,,,,,\r\n"
    );
}

#[tokio::test]
async fn the_address_can_ask_for_csv() {
    let path = "/v1/stocks/AAPL/history?from=2013-01-30&metrics=rsi_14";
    let expected = app().get_with(path, CSV).await;
    // A spreadsheet accepts everything; the address decides even if `Accept` says otherwise.
    for accept in ["*/*", "application/json", "text/html"] {
        let headers = [("accept", accept)];
        let reply = app().get_with(&format!("{path}&format=csv"), &headers).await;
        assert_eq!(reply.header("content-type"), "text/csv; charset=utf-8; header=present");
        assert_eq!(reply.text(), expected.text(), "{accept}");
    }
    let json = app().get_with(&format!("{path}&format=json"), CSV).await;
    assert_eq!(json.header("content-type"), "application/json");
}

#[tokio::test]
async fn the_link_of_an_address_for_csv_is_csv() {
    let path = "/v1/stocks/AAPL/history?limit=30&metrics=none&format=csv";
    let first = app().get(path).await;
    let cursor = linked_cursor(&first).unwrap();
    assert!(first.header("link").contains("format=csv&cursor="), "{}", first.header("link"));
    let rest = app().get(&format!("{path}&cursor={cursor}")).await;
    assert!(rest.text().ends_with("\r\nAAPL,2013-01-31,231,251,211,241,105,1000,,,\r\n"));
}

#[tokio::test]
async fn an_unknown_format_is_a_400_problem_that_names_it() {
    let reply = app().get("/v1/stocks/AAPL/history?format=xlsx").await;
    assert_eq!(assert_problem(&reply, 400, "validation_failed")["errors"][0]["field"], "format");
}

#[tokio::test]
async fn csv_has_the_day_and_time_of_the_refresh_in_headers() {
    let reply = app().get_with("/v1/stocks/AAPL/history?from=2013-01-30", CSV).await;
    assert_eq!(reply.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert_eq!((reply.header("as-of"), reply.header("refreshed-at")), ("2013-03-01", REFRESHED));
}

#[tokio::test]
async fn one_vary_header_names_the_format_and_the_coding() {
    for accept in ["text/csv", "application/json"] {
        let reply = accepting(accept).await;
        let vary: Vec<_> = reply.headers.get_all("vary").iter().collect();
        assert_eq!(vary, ["Accept, Accept-Encoding"], "API Gateway passes on one value of a name");
    }
}

/// A row in the format this `Accept` prefers.
async fn accepting(accept: &str) -> Response {
    app().get_with("/v1/stocks/AAPL/history?limit=1", &[("accept", accept)]).await
}

#[tokio::test]
async fn csv_continues_with_the_cursor_of_its_link() {
    let path = "/v1/stocks/AAPL/history?limit=30&metrics=none";
    let first = app().get_with(path, CSV).await;
    let cursor = linked_cursor(&first).unwrap();
    let rest = app().get_with(&format!("{path}&cursor={cursor}"), CSV).await;
    assert!(rest.text().ends_with("\r\nAAPL,2013-01-31,231,251,211,241,105,1000,,,\r\n"));
    assert_eq!(rest.headers.get("link"), None);
}

/// The cursor of the header `Link`.
fn linked_cursor(reply: &Response) -> Option<&str> {
    let (_, rest) = reply.header("link").split_once("cursor=")?;
    rest.split('>').next()
}

#[tokio::test]
async fn a_symbol_that_would_be_a_formula_is_neutralised() {
    let app = App::with(MemoryMarkets::with_january().history_of("-A"));
    let reply = app.get_with("/v1/stocks/-A/history?from=2013-01-31&metrics=none", CSV).await;
    let csv = reply.text();
    assert!(csv.ends_with("\r\n'-A,2013-01-31,231,251,211,241,105,1000,,,\r\n"), "{csv}");
}

#[tokio::test]
async fn json_is_the_default_format() {
    for accept in [
        "",
        "*/*",
        "application/json",
        "text/*;q=0.5, application/json",
        "text/csv;q=0.1, */*",
        "TEXT/CSV;Q=0.5, */*",
    ] {
        let reply = accepting(accept).await;
        assert_eq!(reply.header("content-type"), "application/json", "{accept}");
    }
}

#[tokio::test]
async fn csv_is_the_format_of_clients_that_prefer_it() {
    for accept in
        ["text/csv", "text/*", "text/csv, application/json;q=0.9", "application/json;q=0, */*"]
    {
        let reply = accepting(accept).await;
        assert!(reply.header("content-type").starts_with("text/csv"), "{accept}");
    }
}

#[tokio::test]
async fn another_format_is_a_406_problem() {
    for accept in [
        "image/png",
        "text/html, application/xml;q=0.9",
        "*/*;q=0",
        "application/json;q=0, text/csv;q=0",
    ] {
        assert_problem(&accepting(accept).await, 406, "not_acceptable");
    }
}

#[tokio::test]
async fn a_page_of_json_ends_at_a_whole_row_before_4_mb() {
    assert_pages("application/json", "\"day\"").await;
}

#[tokio::test]
async fn a_page_of_csv_ends_at_a_whole_row_before_4_mb() {
    assert_pages("text/csv", "\r\nAAPL").await;
}

/// Asserts that pages of a long history are below 4 MB and together have every row; `row` is found
/// once in each.
async fn assert_pages(accept: &str, row: &str) {
    let app = App::with(MemoryMarkets::with_history(long_history(12_000)));
    let (mut rows, mut cursor, mut sizes) = (0, String::new(), Vec::new());
    loop {
        let path = format!("/v1/stocks/AAPL/history?limit=99999999999999999999{cursor}");
        let reply = app.get_with(&path, &[("accept", accept)]).await;
        sizes.push(reply.body.len());
        rows += reply.text().matches(row).count();
        let Some(next) = linked_cursor(&reply) else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(rows, 12_000, "{sizes:?}");
    assert!(sizes.iter().all(|size| *size <= 4_001_000), "{sizes:?}");
}

/// `count` days with every metric.
fn long_history(count: usize) -> Vec<HistoryRow> {
    let first: Day = "1990-01-02".parse().unwrap();
    std::iter::successors(Some(first), |day| Some(day.next())).take(count).map(long_row).collect()
}

fn long_row(day: Day) -> HistoryRow {
    let metrics: Values =
        Metric::ALL.into_iter().map(|metric| (metric, -123.456_789_012_345_67)).collect();
    HistoryRow {
        day,
        open: price("430.47"),
        high: price("447.87"),
        low: price("429.98"),
        close: price("430.47"),
        adj_close: price("56.137353095488"),
        volume: Some(19_730_300),
        adj_volume: Some(138_112_100),
        split_factor: Some(Amount::ONE),
        dividend: None,
        metrics,
    }
}
