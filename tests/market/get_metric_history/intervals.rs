//! Metrics of weeks and months.

use std::collections::BTreeMap;

use market::fakes;
use support::golden;

use super::*;

const WEEKS: &str = "/v1/stocks/AAPL/history?interval=week&metrics_interval=interval";
const MONTHS: &str = "/v1/stocks/AAPL/history?interval=month&metrics_interval=interval";
/// The metrics that do not count days.
const METRICS: &str = "sma_20 sma_50 sma_200 ema_12 ema_26 macd macd_signal macd_histogram rsi_14 \
    atr_14 adx_14 bollinger_upper bollinger_lower stochastic_k stochastic_d";

/// AAPL with its daily bars up to this day.
fn aapl_until(last: &str) -> App {
    let (last, mut days) = (fakes::day(last), fakes::history("AAPL"));
    days.retain(|row| row.day <= last);
    App::with(MemoryMarkets::with_history(days))
}

fn aapl() -> App {
    aapl_until("2013-03-01")
}

fn items(reply: &Response) -> Vec<Value> {
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()["items"].as_array().unwrap().clone()
}

/// Asserts that the metrics of an item are those of the golden file, within rounding.
#[track_caller]
fn assert_metrics(item: &Value, golden: &BTreeMap<String, String>) {
    assert_eq!(item["day"], golden["day"]);
    for (name, cell) in golden.iter().filter(|(name, _)| *name != "day") {
        match cell.parse::<f64>() {
            Ok(expected) => {
                let actual = item[name].as_f64().unwrap_or_else(|| panic!("{name}: {item}"));
                let difference = (actual - expected).abs();
                assert!(difference <= 1e-6 * expected.abs() + 1e-12, "{name}: {item}");
            }
            Err(_) => assert_eq!(item[name], Value::Null, "{name}: {item}"),
        }
    }
}

#[track_caller]
fn assert_golden(items: &[Value], file: &str) {
    let golden = golden(file);
    assert_eq!(items.len(), golden.len());
    items.iter().zip(&golden).for_each(|(item, golden)| assert_metrics(item, golden));
}

/// The item of this day among all of a golden file.
#[track_caller]
fn assert_item(item: &Value, file: &str) {
    let golden = golden(file);
    let same_day = golden.iter().find(|row| item["day"] == row["day"]);
    assert_metrics(item, same_day.unwrap_or_else(|| panic!("{item}")));
}

/// The items of all pages.
async fn all_pages(app: &App, path: &str) -> Vec<Value> {
    let (mut found, mut page) = (Vec::new(), app.get(path).await);
    while !page.next().is_empty() {
        found.extend(items(&page));
        page = app.get(&format!("{path}&cursor={}", page.next())).await;
    }
    found.extend(items(&page));
    found
}

#[tokio::test]
async fn weeks_have_the_metrics_of_weeks() {
    assert_golden(&items(&aapl().get(&format!("{WEEKS}&limit=5000")).await), "AAPL-week");
}

#[tokio::test]
async fn months_have_the_metrics_of_months() {
    assert_golden(&items(&aapl().get(&format!("{MONTHS}&limit=5000")).await), "AAPL-month");
}

#[tokio::test]
async fn an_item_has_all_metrics_that_do_not_count_days() {
    let body = aapl().get(&format!("{WEEKS}&sort=-day&limit=1")).await.json();
    let prices = "day open high low close adj_close volume";
    let known: Vec<&str> = prices.split(' ').chain(METRICS.split_whitespace()).collect();
    let names = [&known[..], &["adj_volume", "split_factor", "dividend"]].concat();
    assert!(has_fields(&body["items"][0], &names), "{body}");
    for name in known {
        assert!(!body["items"][0][name].is_null(), "{name}: {body}");
    }
}

#[tokio::test]
async fn by_default_a_week_has_the_metrics_of_its_last_day() {
    let week = "/v1/stocks/AAPL/history?interval=week&sort=-day&limit=1";
    let (days, default) = (
        aapl().get("/v1/stocks/AAPL/history?sort=-day&limit=1").await,
        aapl().get(week).await.json(),
    );
    assert_eq!(default["items"][0]["rsi_14"], items(&days)[0]["rsi_14"]);
    assert_eq!(aapl().get(&format!("{week}&metrics_interval=day")).await.json(), default);
}

#[tokio::test]
async fn pages_have_the_metrics_of_one_page_in_both_directions() {
    let (aapl, metrics) = (aapl(), "metrics=rsi_14,macd,sma_20");
    let mut all = items(&aapl.get(&format!("{WEEKS}&{metrics}&limit=5000")).await);
    assert_eq!(all_pages(&aapl, &format!("{WEEKS}&{metrics}&limit=97")).await, all);
    all.reverse();
    assert_eq!(all_pages(&aapl, &format!("{WEEKS}&{metrics}&limit=97&sort=-day")).await, all);
}

#[tokio::test]
async fn a_range_that_begins_within_a_week_has_the_metrics_of_the_whole_week() {
    // A Wednesday, two days after the split.
    let reply = aapl().get(&format!("{WEEKS}&from=2005-03-02&limit=2")).await;
    let wednesday = aapl().get("/v1/stocks/AAPL/history?from=2005-03-02&limit=1").await;
    let week = &items(&reply)[0];
    assert_eq!(week["open"], items(&wednesday)[0]["open"]);
    for week in items(&reply) {
        assert_item(&week, "AAPL-week");
    }
}

#[tokio::test]
async fn a_week_that_is_not_over_has_the_metrics_of_its_days_so_far() {
    // Wednesday
    let running = aapl_until("2013-02-27").get(&format!("{WEEKS}&sort=-day&limit=2")).await;
    let (running, over) = (&items(&running)[0], &items(&running)[1]);
    assert_eq!(running["day"], "2013-02-27");
    assert_item(over, "AAPL-week");
    let whole = &items(&aapl().get(&format!("{WEEKS}&sort=-day&limit=1")).await)[0];
    assert_ne!(running["rsi_14"], whole["rsi_14"]);
    // A range that ends within a week does not know its later days either.
    let ended = aapl().get(&format!("{WEEKS}&to=2013-02-27&sort=-day&limit=1")).await;
    assert_eq!(items(&ended)[0], *running);
}

#[tokio::test]
async fn metrics_are_of_adjusted_prices_if_prices_are_not() {
    let path = format!("{WEEKS}&from=2005-02-21&to=2005-03-04");
    let (traded, adjusted) = (
        items(&aapl().get(&path).await),
        items(&aapl().get(&format!("{path}&adjusted=true")).await),
    );
    assert_eq!((traded.len(), adjusted.len()), (2, 2));
    for (traded, adjusted) in traded.iter().zip(&adjusted) {
        assert_ne!(traded["high"], adjusted["high"]);
        assert_eq!(traded["atr_14"], adjusted["atr_14"]);
        assert_item(traded, "AAPL-week");
    }
}

#[tokio::test]
async fn the_metrics_of_days_are_those_of_the_interval_day() {
    let path = "/v1/stocks/AAPL/history?from=2013-02-01&metrics=return_5d,rsi_14";
    let days = aapl().get(path).await;
    let computed = aapl().get(&format!("{path}&interval=day&metrics_interval=interval")).await;
    assert_eq!(computed.json(), days.json());
    let all = aapl().get("/v1/stocks/AAPL/history?limit=1&metrics_interval=interval").await;
    assert_eq!(all.json()["items"][0].as_object().unwrap().len(), 10 + Metric::COUNT);
}

#[tokio::test]
async fn a_metric_that_counts_days_is_rejected_by_name() {
    for path in [WEEKS, MONTHS] {
        let reply = aapl().get(&format!("{path}&metrics=rsi_14,return_5d")).await;
        let error = &assert_problem(&reply, 400, "validation_failed")["errors"][0];
        assert_eq!((&error["field"], &error["code"]), (&json!("metrics"), &json!("counts_days")));
        let detail = error["detail"].as_str().unwrap();
        assert!(detail.starts_with("return_5d counts trading days"), "{detail}");
        assert!(detail.ends_with(&METRICS.replace(' ', ", ")), "{detail}");
    }
}

#[tokio::test]
async fn an_unknown_interval_of_metrics_is_rejected() {
    for interval in ["day", "week"] {
        let path = format!("/v1/stocks/AAPL/history?interval={interval}&metrics_interval=week");
        let problem = assert_problem(&aapl().get(&path).await, 400, "validation_failed");
        assert_eq!(problem["errors"][0]["field"], "metrics_interval", "{problem}");
    }
}

#[tokio::test]
async fn weeks_without_metrics_are_bars() {
    let path = "/v1/stocks/AAPL/history?interval=week&metrics=none&limit=3";
    let reply = aapl().get(&format!("{path}&metrics_interval=interval")).await;
    assert_eq!(reply.json()["items"], aapl().get(path).await.json()["items"]);
}

#[tokio::test]
async fn a_range_without_days_has_no_items() {
    let reply = aapl().get(&format!("{WEEKS}&from=2020-01-01")).await;
    assert_eq!(items(&reply), [Value::Null; 0]);
}

#[tokio::test]
async fn csv_has_a_column_for_each_of_these_metrics() {
    let csv = aapl().get(&format!("{WEEKS}&sort=-day&limit=2&format=csv")).await;
    let (mut lines, columns) = (csv.text().lines(), METRICS.replace(' ', ","));
    let bar = "day,open,high,low,close,adj_close,volume,adj_volume,split_factor,dividend";
    let header = format!("symbol,{bar},{columns}");
    assert_eq!(lines.next(), Some(&*header));
    let week = &items(&aapl().get(&format!("{WEEKS}&sort=-day&limit=1")).await)[0];
    let cells: Vec<_> = lines.next().unwrap().split(',').collect();
    assert_eq!((cells.len(), cells[25]), (26, &*week["stochastic_d"].to_string()));
    assert!(csv.header("link").contains("metrics_interval=interval"), "{}", csv.header("link"));
}

#[tokio::test]
async fn an_unchanged_page_is_a_304() {
    let first = aapl().get(WEEKS).await;
    let headers = [("if-none-match", first.header("etag"))];
    assert_eq!(aapl().get_with(WEEKS, &headers).await.status, 304);
    let days = WEEKS.replace("=interval", "=day");
    assert_eq!(aapl().get_with(&days, &headers).await.status, 200);
}

mod on_the_stack {
    use super::*;
    use support::stack::Stack;

    async fn page(path: &str) -> Response {
        Stack::running().get_json(path, None).await
    }

    #[tokio::test]
    async fn weeks_and_months_agree_with_the_golden_files() {
        for (path, file) in [(WEEKS, "AAPL-week"), (MONTHS, "AAPL-month")] {
            for adjusted in [false, true] {
                let path = format!("{path}&adjusted={adjusted}&limit=5000");
                assert_golden(&items(&page(&path).await), file);
            }
        }
    }

    #[tokio::test]
    async fn a_page_in_the_middle_agrees_with_the_golden_file_in_both_directions() {
        for (sort, range) in [("day", "from=2005-03-02"), ("-day", "to=2005-03-11")] {
            let path = format!("{WEEKS}&{range}&sort={sort}&limit=3");
            let first = page(&path).await;
            let second = page(&format!("{path}&cursor={}", first.next())).await;
            let weeks = [items(&first), items(&second)].concat();
            assert_eq!(weeks.len(), 6);
            weeks.iter().for_each(|week| assert_item(week, "AAPL-week"));
        }
    }
}
