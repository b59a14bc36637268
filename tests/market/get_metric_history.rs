//! `GET /v1/stocks/{symbol}/history`

mod formats;
mod intervals;

use market::fakes::{MemoryMarkets, flat_bar, periods, price};
use market::{Amount, Day, HistoryQuery, HistoryRow, Interval, Metric, NarrowRow, Values};
use serde_json::{Value, json};
use support::{Response, app::App, assert_problem, has_fields, stack::Stack};

/// AAPL with a row for each day of January 2013.
fn app() -> App {
    App::with(MemoryMarkets::with_january())
}

#[tokio::test]
async fn a_page_has_its_rows_and_the_cursor_of_the_next_one() {
    let path = "/v1/stocks/AAPL/history?from=2013-01-10&metrics=rsi_14&limit=2";
    let reply = app().get(path).await;
    insta::assert_snapshot!(reply.pretty().replace(&reply.next(), "<cursor>"), @r#"
    {
      "as_of": "2013-03-01",
      "items": [
        {
          "adj_close": 105,
          "adj_volume": null,
          "close": 220,
          "day": "2013-01-10",
          "dividend": null,
          "high": 230,
          "low": 190,
          "open": 210,
          "rsi_14": null,
          "split_factor": null,
          "volume": 1000
        },
        {
          "adj_close": 105,
          "adj_volume": null,
          "close": 221,
          "day": "2013-01-11",
          "dividend": null,
          "high": 231,
          "low": 191,
          "open": 211,
          "rsi_14": null,
          "split_factor": null,
          "volume": 1000
        }
      ],
      "next": "<cursor>",
      "refreshed_at": "2026-03-02T09:30:00Z",
      "stale": false
    }
    "#);
}

#[tokio::test]
async fn both_ends_of_a_range_belong_to_it() {
    let reply = app().get("/v1/stocks/AAPL/history?from=2013-01-30&to=2013-01-31").await;
    assert_eq!(reply.each("day"), ["2013-01-30", "2013-01-31"]);
    assert!(reply.json()["next"].is_null());
}

#[tokio::test]
async fn a_page_without_rows_has_the_day_and_time_of_the_refresh() {
    let body = app().get("/v1/stocks/AAPL/history?from=2020-01-01").await.json();
    assert_eq!(body["items"], json!([]));
    assert_eq!((&body["as_of"], &body["refreshed_at"]), (&json!("2013-03-01"), &json!(REFRESHED)));
}

const REFRESHED: &str = "2026-03-02T09:30:00Z";

#[tokio::test]
async fn a_cursor_continues_after_the_last_day_of_its_page() {
    let path = "/v1/stocks/AAPL/history?from=2013-01-10&to=2013-01-12&limit=2";
    let first = app().get(path).await;
    assert_eq!(first.each("day"), ["2013-01-10", "2013-01-11"]);
    let second = app().get(&format!("{path}&cursor={}", first.next())).await;
    assert_eq!(second.each("day"), ["2013-01-12"]);
}

#[tokio::test]
async fn pages_sorted_by_day_descending_go_back_in_time() {
    let path = "/v1/stocks/AAPL/history?from=2013-01-03&to=2013-01-12&sort=-day&limit=4";
    let (mut found, mut page) = (Vec::new(), app().get(path).await);
    while !page.next().is_empty() {
        found.extend(page.each("day"));
        page = app().get(&format!("{path}&cursor={}", page.next())).await;
    }
    found.extend(page.each("day"));
    let expected: Vec<_> = (3..=12).rev().map(|day| format!("2013-01-{day:02}")).collect();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_cursor_of_the_other_direction_is_rejected() {
    let path = "/v1/stocks/AAPL/history?from=2013-01-03&to=2013-01-12&limit=4";
    let mut page = app().get(&format!("{path}&sort=-day")).await;
    while !page.next().is_empty() {
        let ascending = app().get(&format!("{path}&cursor={}", page.next())).await;
        assert_problem(&ascending, 400, "invalid_cursor");
        page = app().get(&format!("{path}&sort=-day&cursor={}", page.next())).await;
    }
}

#[tokio::test]
async fn weeks_sorted_by_day_descending_continue_with_earlier_ones() {
    let path = "/v1/stocks/AAPL/history?interval=week&limit=2&sort=-day";
    let first = app().get(path).await;
    assert_eq!(first.each("day"), ["2013-01-31", "2013-01-27"]);
    let second = app().get(&format!("{path}&cursor={}", first.next())).await;
    assert_eq!(second.each("day"), ["2013-01-20", "2013-01-13"]);
}

#[tokio::test]
async fn a_cursor_of_another_range_is_rejected() {
    let next = app().get("/v1/stocks/AAPL/history?from=2013-01-10&limit=2").await.next();
    let path = format!("/v1/stocks/AAPL/history?from=2013-01-11&limit=2&cursor={next}");
    assert_problem(&app().get(&path).await, 400, "invalid_cursor");
}

#[tokio::test]
async fn a_range_that_ends_before_it_begins_is_rejected() {
    let reply = app().get("/v1/stocks/AAPL/history?from=2013-01-12&to=2013-01-10").await;
    assert_eq!(assert_problem(&reply, 400, "validation_failed")["errors"][0]["field"], "from");
}

#[tokio::test]
async fn an_invalid_day_is_rejected() {
    let reply = app().get("/v1/stocks/AAPL/history?from=2013-02-30").await;
    assert_eq!(assert_problem(&reply, 400, "validation_failed")["errors"][0]["field"], "from");
}

#[tokio::test]
async fn unknown_symbol_is_a_404_problem() {
    let reply = app().event("get-metric-history.unknown-symbol").await;
    assert_problem(&reply, 404, "stock_not_found");
}

#[tokio::test]
async fn a_week_has_the_last_of_its_days() {
    let reply = app().get("/v1/stocks/AAPL/history?interval=week&metrics=none").await;
    let days = ["2013-01-06", "2013-01-13", "2013-01-20", "2013-01-27", "2013-01-31"];
    assert_eq!(reply.each("day"), days);
}

#[tokio::test]
async fn a_week_has_the_prices_and_the_volume_of_its_days() {
    let reply = app().get("/v1/stocks/AAPL/history?interval=week&metrics=none").await;
    let week = json!({
        "day": "2013-01-06", "open": 201, "high": 226, "low": 181, "close": 216, "adj_close": 105,
        "volume": 6000, "adj_volume": null, "split_factor": null, "dividend": null,
    });
    assert_eq!(reply.json()["items"][0], week);
}

/// Two days of an index; the provider gives a volume for the first one only.
fn index() -> App {
    let [first, last] = ["2013-01-02", "2013-01-03"].map(|day| flat_bar(day, "5"));
    let (first, last) =
        (HistoryRow::new(&first, Values::NONE), HistoryRow::new(&last, Values::NONE));
    App::with(MemoryMarkets::with_history(vec![first, HistoryRow { volume: None, ..last }]))
}

#[tokio::test]
async fn a_volume_that_the_provider_does_not_give_is_null() {
    let path = "/v1/stocks/AAPL/history?metrics=none";
    let volumes = async |path: &str| {
        let items = index().get(path).await.json()["items"].clone();
        items.as_array().unwrap().iter().map(|row| row["volume"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(volumes(path).await, [json!(1000), Value::Null]);
    assert_eq!(volumes(&format!("{path}&interval=week")).await, [Value::Null]);
    let csv = index().get_with(path, &[("accept", "text/csv")]).await;
    assert!(csv.text().ends_with("\r\nAAPL,2013-01-03,5,5,5,5,5,,,,\r\n"), "{}", csv.text());
}

/// A day with a split and a dividend, and the one before.
fn split() -> App {
    let [first, last] = ["2013-01-02", "2013-01-03"].map(|day| flat_bar(day, "5"));
    let (first, last) =
        (HistoryRow::new(&first, Values::NONE), HistoryRow::new(&last, Values::NONE));
    let (none, split) = (Some(Amount::ONE), Some("1.5".parse().unwrap()));
    let (zero, paid) = (Some("0".parse().unwrap()), Some("0.73".parse().unwrap()));
    let days = vec![
        HistoryRow { adj_volume: Some(1500), split_factor: none, dividend: zero, ..first },
        HistoryRow { adj_volume: Some(1000), split_factor: split, dividend: paid, ..last },
    ];
    App::with(MemoryMarkets::with_history(days))
}

#[tokio::test]
async fn a_day_has_its_split_its_dividend_and_its_adjusted_volume() {
    let path = "/v1/stocks/AAPL/history?metrics=none&sort=-day&limit=1";
    let day = json!({
        "day": "2013-01-03", "open": 5, "high": 5, "low": 5, "close": 5, "adj_close": 5,
        "volume": 1000, "adj_volume": 1000, "split_factor": 1.5, "dividend": 0.73,
    });
    assert_eq!(split().get(path).await.json()["items"], json!([day]));
    let csv = split().get_with(path, &[("accept", "text/csv")]).await;
    assert!(
        csv.text().ends_with("\r\nAAPL,2013-01-03,5,5,5,5,5,1000,1000,1.5,0.73\r\n"),
        "{csv:?}"
    );
}

#[tokio::test]
async fn a_week_has_the_splits_and_the_dividends_of_its_days() {
    let path = "/v1/stocks/AAPL/history?interval=week&metrics=none";
    let week = split().get(path).await.json()["items"][0].clone();
    assert_eq!((&week["volume"], &week["adj_volume"]), (&json!(2000), &json!(2500)));
    assert_eq!((&week["split_factor"], &week["dividend"]), (&json!(1.5), &json!(0.73)));
}

#[tokio::test]
async fn only_the_days_of_the_range_count_for_a_week() {
    let range = "from=2013-01-04&to=2013-01-05";
    let path = format!("/v1/stocks/AAPL/history?interval=week&{range}&metrics=none");
    let week = json!({
        "day": "2013-01-05", "open": 204, "high": 225, "low": 184, "close": 215, "adj_close": 105,
        "volume": 2000, "adj_volume": null, "split_factor": null, "dividend": null,
    });
    assert_eq!(app().get(&path).await.json()["items"], json!([week]));
}

#[tokio::test]
async fn a_month_is_one_row_with_the_metrics_of_its_last_day() {
    let reply = app().get("/v1/stocks/AAPL/history?interval=month").await;
    assert_eq!(reply.each("day"), ["2013-01-31"]);
    let row = &reply.json()["items"][0];
    assert_eq!(row["volume"], 31_000);
    assert!(row["rsi_14"].is_null());
}

#[tokio::test]
async fn a_page_of_weeks_continues_with_the_next_week() {
    let path = "/v1/stocks/AAPL/history?interval=week&limit=2";
    let first = app().get(path).await;
    assert_eq!(first.each("day"), ["2013-01-06", "2013-01-13"]);
    let second = app().get(&format!("{path}&cursor={}", first.next())).await;
    assert_eq!(second.each("day"), ["2013-01-20", "2013-01-27"]);
}

#[tokio::test]
async fn a_cursor_of_another_interval_is_rejected() {
    let next = app().get("/v1/stocks/AAPL/history?interval=week&limit=2").await.next();
    let days = app().get(&format!("/v1/stocks/AAPL/history?cursor={next}")).await;
    assert_problem(&days, 400, "invalid_cursor");
}

#[tokio::test]
async fn adjusted_prices_are_scaled_as_the_close_is() {
    let range = "from=2013-01-30&to=2013-01-30";
    let path = format!("/v1/stocks/AAPL/history?{range}&adjusted=true&metrics=none");
    // The close of 240 is adjusted to 105.
    let day = json!({
        "day": "2013-01-30", "open": 100.625, "high": 109.375, "low": 91.875, "close": 105,
        "adj_close": 105, "volume": 1000, "adj_volume": null, "split_factor": null,
        "dividend": null,
    });
    assert_eq!(app().get(&path).await.json()["items"], json!([day]));
}

#[tokio::test]
async fn a_row_has_only_the_requested_metrics() {
    let path = "/v1/stocks/AAPL/history?limit=1&metrics=rsi_14,return_1d,rsi_14";
    let body = app().get(path).await.json();
    let bar = ["day", "open", "high", "low", "close", "adj_close"];
    let others = ["volume", "adj_volume", "split_factor", "dividend", "return_1d", "rsi_14"];
    assert!(has_fields(&body["items"][0], &[&bar[..], &others].concat()), "{body}");
}

#[tokio::test]
async fn metrics_may_be_repeated_and_separated_by_commas() {
    let path = "/v1/stocks/AAPL/history?metrics=rsi_14";
    let commas = app().get(&format!("{path},return_1d,sma_20")).await.json();
    assert!(commas["items"][0].get("sma_20").is_some(), "{commas}");
    let repeated = app().get(&format!("{path}&metrics=return_1d,sma_20")).await.json();
    assert_eq!(repeated, commas);
}

#[tokio::test]
async fn none_adds_no_metric() {
    let path = "/v1/stocks/AAPL/history?metrics=rsi_14";
    let reply = app().get(&format!("{path}&metrics=none")).await;
    assert_eq!(reply.json(), app().get(path).await.json());
}

#[tokio::test]
async fn a_history_has_one_sort() {
    let reply = app().get("/v1/stocks/AAPL/history?sort=day&sort=-day").await;
    let problem = assert_problem(&reply, 400, "validation_failed");
    assert_eq!(problem["errors"][0]["field"], "sort", "{problem}");
}

#[tokio::test]
async fn an_invalid_value_is_a_400_problem_that_names_its_parameter() {
    for (name, value) in [
        ("metrics", "rsi_15"),
        ("metrics", ","),
        ("interval", "year"),
        ("adjusted", "yes"),
        ("sort", "close"),
        ("limit", "0"),
    ] {
        let reply = app().get(&format!("/v1/stocks/AAPL/history?{name}={value}")).await;
        let problem = assert_problem(&reply, 400, "validation_failed");
        assert_eq!(problem["errors"][0]["field"], name, "{problem}");
    }
}

#[tokio::test]
async fn an_unknown_metric_is_rejected_with_the_known_ones() {
    let reply = app().get("/v1/stocks/AAPL/history?metrics=rsi_15").await;
    let problem = assert_problem(&reply, 400, "validation_failed");
    assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("rsi_14"), "{problem}");
}

mod on_the_stack {
    use super::*;

    #[tokio::test]
    async fn pages_have_every_day_of_aapl_once_in_order() {
        let csv = concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/local/data/bars/AAPL.csv");
        let text = std::fs::read_to_string(csv).unwrap();
        let days = text.lines().skip(1).map(|line| &line[..10]);
        let expected: Vec<&str> = days.filter(|day| *day >= "2005-01-01").collect();
        let rows = rows("limit=200&from=2005-01-01").await;
        let found: Vec<&str> = rows.iter().map(|row| row["day"].as_str().unwrap()).collect();
        assert_eq!(found, expected);
    }

    /// The rows of AAPL on all pages.
    async fn rows(query: &str) -> Vec<Value> {
        let (stack, mut rows, mut cursor) = (Stack::running(), Vec::new(), String::new());
        loop {
            let path = format!("/v1/stocks/AAPL/history?{query}{cursor}");
            let page = stack.get_json(&path, None).await;
            assert_eq!(page.status, 200, "{page:?}");
            rows.extend(page.json()["items"].as_array().unwrap().iter().cloned());
            if page.next().is_empty() {
                return rows;
            }
            cursor = format!("&cursor={}", page.next());
        }
    }

    #[tokio::test]
    async fn a_page_has_more_rows_than_one_response_of_the_database() {
        let page = Stack::running()
            .get_json("/v1/stocks/AAPL/history?limit=5000&metrics=none", None)
            .await;
        assert_eq!(page.each("day").len(), 3270);
        assert!(page.json()["next"].is_null());
    }

    #[tokio::test]
    async fn the_database_and_the_fake_aggregate_intervals_alike() {
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
            let query = HistoryQuery {
                interval,
                adjusted,
                descending,
                from: Some("2004-12-30".parse().unwrap()),
                to: Some("2006-05-03".parse().unwrap()),
                metrics: vec![Metric::Return1d, Metric::Beta252d],
                ..HistoryQuery::days(usize::MAX)
            };
            let (name, sort) = (interval.name(), if descending { "-day" } else { "day" });
            let path = format!(
                "sort={sort}&from=2004-12-30&to=2006-05-03&interval={name}&adjusted={adjusted}\
                 &metrics=return_1d,beta_252d&limit={limit}"
            );
            assert_eq!(rows(&path).await, aggregated(&days, &query), "{path}");
        }
    }

    /// The rows of the query by the fake.
    fn aggregated(days: &[HistoryRow], query: &HistoryQuery) -> Vec<Value> {
        let rows = periods(days, query);
        let rows = rows.iter().map(|row| NarrowRow { row, metrics: &query.metrics });
        rows.map(|row| serde_json::to_string(&row).unwrap())
            .map(|text| serde_json::from_str(&text).unwrap())
            .collect()
    }

    #[tokio::test]
    async fn a_history_can_be_csv() {
        let path = "/v1/stocks/AAPL/history?from=2013-02-28&metrics=rsi_14";
        let reply = Stack::running().send("GET", path, &[("accept", "text/csv")], "").await;
        let header = "symbol,day,open,high,low,close,adj_close,volume,adj_volume,split_factor,\
                      dividend,rsi_14\r\n";
        let csv = reply.text();
        assert!(csv.starts_with(&format!("{header}AAPL,2013-02-28,")), "{csv}");
        assert_eq!(csv.lines().count(), 3);
    }
}
