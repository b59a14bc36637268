//! `GET /v1/stocks/{symbol}/history`

mod formats;

use market::fakes::{MemoryMarkets, periods};
use market::{Day, HistoryQuery, HistoryRow, Interval, Metric, NarrowRow, Values};
use serde_json::{Value, json};
use support::has_fields;
use support::{Response, app::App, assert_problem, event_json, stack::Stack};

async fn history(event: &str, query: &str) -> Response {
    let mut json = event_json(event);
    json["rawQueryString"] = query.into();
    answer(MemoryMarkets::with_january(), &json).await
}

async fn answer(markets: MemoryMarkets, event: &Value) -> Response {
    App::with(markets).respond("get-metric-history", event).await
}

fn days(reply: &Response) -> Vec<String> {
    let body = reply.json();
    body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["day"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn both_ends_of_a_range_belong_to_it() {
    let reply = history("get-metric-history", "from=2013-01-30&to=2013-01-31").await;
    assert_eq!(days(&reply), ["2013-01-30", "2013-01-31"]);
    assert!(reply.json()["next"].is_null());
}

#[tokio::test]
async fn a_page_says_how_fresh_it_is_even_without_days() {
    for range in ["from=2013-01-30", "from=2020-01-01"] {
        let body = history("get-metric-history", range).await.json();
        assert_eq!(
            (&body["as_of"], &body["refreshed_at"]),
            (&json!("2013-03-01"), &json!("2026-03-02T09:30:00Z"))
        );
    }
}

#[tokio::test]
async fn a_page_continues_behind_its_last_day() {
    let first = history("get-metric-history", "from=2013-01-10&to=2013-01-12&limit=2").await;
    assert_eq!(days(&first), ["2013-01-10", "2013-01-11"]);
    let next = first.json()["next"].as_str().unwrap().to_owned();
    let second = history(
        "get-metric-history",
        &format!("from=2013-01-10&to=2013-01-12&limit=2&cursor={next}"),
    )
    .await;
    assert_eq!(days(&second), ["2013-01-12"]);
}

#[tokio::test]
async fn the_last_days_come_first_when_asked_for_and_their_pages_go_back() {
    let query = "from=2013-01-03&to=2013-01-12&sort=-day&limit=4";
    let (mut met, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = history("get-metric-history", &format!("{query}{cursor}")).await;
        met.extend(days(&page));
        let Some(next) = page.json()["next"].as_str().map(str::to_owned) else { break };
        cursor = format!("&cursor={next}");
        let turned = history(
            "get-metric-history",
            &format!("from=2013-01-03&to=2013-01-12&limit=4{cursor}"),
        )
        .await;
        assert_problem(&turned, 400, "invalid_cursor");
    }
    let expected: Vec<_> = (3..=12).rev().map(|day| format!("2013-01-{day:02}")).collect();
    assert_eq!(met, expected);
}

#[tokio::test]
async fn a_page_of_weeks_or_months_that_go_back_continues_with_the_one_before() {
    let first = history("get-metric-history.weeks", "interval=week&limit=2&sort=-day").await;
    assert_eq!(days(&first), ["2013-01-31", "2013-01-27"]);
    let next = first.json()["next"].as_str().unwrap().to_owned();
    let second = history(
        "get-metric-history.weeks",
        &format!("interval=week&limit=2&sort=-day&cursor={next}"),
    )
    .await;
    assert_eq!(days(&second), ["2013-01-20", "2013-01-13"]);
}

#[tokio::test]
async fn a_cursor_of_another_range_is_refused() {
    let first = history("get-metric-history", "from=2013-01-10&limit=2").await;
    let next = first.json()["next"].as_str().unwrap().to_owned();
    let other =
        history("get-metric-history", &format!("from=2013-01-11&limit=2&cursor={next}")).await;
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

#[tokio::test]
async fn a_week_has_the_last_of_its_days_and_what_its_days_have_together() {
    let body = history("get-metric-history.weeks", "interval=week&metrics=none").await.json();
    let days: Vec<_> =
        body["items"].as_array().unwrap().iter().map(|row| row["day"].as_str().unwrap()).collect();
    assert_eq!(days, ["2013-01-06", "2013-01-13", "2013-01-20", "2013-01-27", "2013-01-31"]);
    let week = json!({ "day": "2013-01-06", "open": 201, "high": 226, "low": 181, "close": 216, "adj_close": 105, "volume": 6000 });
    assert_eq!(body["items"][0], week);
}

#[tokio::test]
async fn only_the_days_of_the_range_count_for_a_week() {
    let body = history(
        "get-metric-history.weeks",
        "interval=week&from=2013-01-04&to=2013-01-05&metrics=none",
    )
    .await
    .json();
    let week = json!({ "day": "2013-01-05", "open": 204, "high": 225, "low": 184, "close": 215, "adj_close": 105, "volume": 2000 });
    assert_eq!(body["items"], json!([week]));
}

#[tokio::test]
async fn a_month_is_one_row_with_the_metrics_of_its_last_day() {
    let body = history("get-metric-history.weeks", "interval=month").await.json();
    assert_eq!(body["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        (body["items"][0]["day"].as_str(), body["items"][0]["volume"].as_u64()),
        (Some("2013-01-31"), Some(31_000))
    );
    assert!(body["items"][0]["rsi_14"].is_null());
}

#[tokio::test]
async fn a_page_of_weeks_continues_with_the_next_week() {
    let first = history("get-metric-history.weeks", "interval=week&limit=2").await;
    assert_eq!(days(&first), ["2013-01-06", "2013-01-13"]);
    let next = first.json()["next"].as_str().unwrap().to_owned();
    let second =
        history("get-metric-history.weeks", &format!("interval=week&limit=2&cursor={next}")).await;
    assert_eq!(days(&second), ["2013-01-20", "2013-01-27"]);
    assert_problem(
        &history("get-metric-history", &format!("cursor={next}")).await,
        400,
        "invalid_cursor",
    );
}

#[tokio::test]
async fn adjusted_prices_are_scaled_as_the_close_is() {
    let body =
        history("get-metric-history", "from=2013-01-30&to=2013-01-30&adjusted=true&metrics=none")
            .await
            .json();
    // The close of 240 is adjusted to 105.
    let day = json!({ "day": "2013-01-30", "open": 100.625, "high": 109.375, "low": 91.875, "close": 105, "adj_close": 105, "volume": 1000 });
    assert_eq!(body["items"], json!([day]));
}

#[tokio::test]
async fn only_the_metrics_asked_for_are_answered_in_their_usual_order() {
    let body =
        history("get-metric-history", "limit=1&metrics=rsi_14,return_1d,rsi_14").await.json();
    let names =
        ["day", "open", "high", "low", "close", "adj_close", "volume", "return_1d", "rsi_14"];
    assert!(has_fields(&body["items"][0], &names), "{body}");
}

#[tokio::test]
async fn what_is_no_metric_interval_or_switch_is_refused_by_name() {
    for (name, value) in [
        ("metrics", "rsi_15"),
        ("metrics", ""),
        ("interval", "year"),
        ("adjusted", "yes"),
        ("sort", "close"),
        ("limit", "0"),
    ] {
        let problem = assert_problem(
            &history("get-metric-history", &format!("{name}={value}")).await,
            400,
            "validation_failed",
        );
        assert_eq!(problem["errors"][0]["field"], name, "{problem}");
    }
    let problem = assert_problem(
        &history("get-metric-history", "metrics=rsi_15").await,
        400,
        "validation_failed",
    );
    assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("rsi_14"), "{problem}");
}

mod on_the_stack {
    use super::*;

    #[tokio::test]
    async fn every_day_of_aapl_is_met_once_in_order() {
        let stack = Stack::running();
        let (mut path, mut met) =
            ("/v1/stocks/AAPL/history?limit=200&from=2005-01-01".to_owned(), Vec::new());
        loop {
            let page = stack.get_json(&path, None).await;
            assert_eq!(page.status, 200, "{page:?}");
            met.extend(days(&page));
            let Some(next) = page.json()["next"].as_str().map(str::to_owned) else { break };
            path = format!("/v1/stocks/AAPL/history?limit=200&from=2005-01-01&cursor={next}");
        }
        let csv = concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/local/data/bars/AAPL.csv");
        let text = std::fs::read_to_string(csv).unwrap();
        let expected: Vec<&str> = text
            .lines()
            .skip(1)
            .map(|line| &line[..10])
            .filter(|day| *day >= "2005-01-01")
            .collect();
        assert_eq!(met, expected);
    }
    /// Every row of AAPL, whatever the number of rows one answer of the database has.
    async fn rows(query: &str) -> Vec<Value> {
        let (stack, mut rows, mut cursor) = (Stack::running(), Vec::new(), String::new());
        loop {
            let page =
                stack.get_json(&format!("/v1/stocks/AAPL/history?{query}{cursor}"), None).await;
            assert_eq!(page.status, 200, "{page:?}");
            rows.extend(page.json()["items"].as_array().unwrap().iter().cloned());
            let Some(next) = page.json()["next"].as_str().map(str::to_owned) else { return rows };
            cursor = format!("&cursor={next}");
        }
    }

    #[tokio::test]
    async fn one_answer_goes_past_what_the_database_sends_at_once() {
        let page = Stack::running()
            .get_json("/v1/stocks/AAPL/history?limit=5000&metrics=none", None)
            .await;
        assert_eq!(days(&page).len(), 3270);
        assert!(page.json()["next"].is_null());
    }

    #[tokio::test]
    async fn weeks_and_months_are_what_their_days_are_together() {
        let days: Vec<HistoryRow> = rows("limit=5000")
            .await
            .into_iter()
            .map(|row| serde_json::from_str(&row.to_string()).unwrap())
            .collect();
        for (interval, adjusted, descending, limit) in [
            (Interval::Week, false, false, 100),
            (Interval::Week, true, true, 10),
            (Interval::Week, true, false, 5000),
            (Interval::Month, true, false, 7),
            (Interval::Month, false, true, 5),
            (Interval::Day, true, false, 5000),
            (Interval::Day, false, true, 111),
        ] {
            let query =
                HistoryQuery { interval, adjusted, descending, ..HistoryQuery::days(usize::MAX) };
            let query = HistoryQuery {
                from: Some("2004-12-30".parse().unwrap()),
                to: Some("2006-05-03".parse().unwrap()),
                metrics: vec![Metric::Return1d, Metric::Beta252d],
                ..query
            };
            let expected = periods(&days, &query);
            let expected: Vec<Value> = expected
                .iter()
                .map(|row| {
                    serde_json::to_string(&NarrowRow { row, metrics: &query.metrics }).unwrap()
                })
                .map(|text| serde_json::from_str(&text).unwrap())
                .collect();
            let (name, sort) = (interval.name(), if descending { "-day" } else { "day" });
            let path = format!(
                "sort={sort}&from=2004-12-30&to=2006-05-03&interval={name}&adjusted={adjusted}&metrics=return_1d,beta_252d&limit={limit}"
            );
            assert_eq!(rows(&path).await, expected, "{path}");
        }
    }

    #[tokio::test]
    async fn a_file_is_served_as_csv() {
        let url = "/v1/stocks/AAPL/history?from=2013-02-28&metrics=rsi_14";
        let reply = Stack::running().send("GET", url, &[("accept", "text/csv")], "").await;
        let csv = String::from_utf8(reply.body).unwrap();
        assert!(
            csv.starts_with(
                "symbol,day,open,high,low,close,adj_close,volume,rsi_14\r\nAAPL,2013-02-28,"
            ),
            "{csv}"
        );
        assert_eq!(csv.lines().count(), 3);
    }
}
