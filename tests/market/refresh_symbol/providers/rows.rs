//! Rows that are set aside, and responses that are refused as a whole.

use jiff::ToSpan;
use market::{Day, RejectedRows, fakes::day};
use refresh_symbol::{
    Wanted,
    ports::{Fetched, MarketDataError},
};

use super::{
    csv::csv,
    fetch_wanted,
    server::{Server, ok},
};

const TODAY: &str = "2024-06-28";
const HEADER: &str = "Date,Open,High,Low,Close,Volume\n";
const GOOD: &str = "2024-01-02,2,3,1,2,100\n";

async fn read(rows: &str, since: Option<&str>, today: &str) -> Result<Fetched, MarketDataError> {
    let server = Server::responding(vec![ok(format!("{HEADER}{rows}"))]).await;
    let wanted = Wanted { since: since.map(day), today: day(today) };
    fetch_wanted("IBM", vec![csv(&server)], wanted).await
}

async fn judged(rows: &str) -> Fetched {
    read(rows, None, TODAY).await.unwrap()
}

async fn refused(rows: &str) -> String {
    let error = read(rows, None, TODAY).await.unwrap_err();
    assert_eq!(error.code(), "provider_answer_malformed");
    error.to_string()
}

fn days(fetched: &Fetched) -> Vec<String> {
    fetched.bars.iter().map(|bar| bar.day().to_string()).collect()
}

fn one(reason: &str, days: &[&str]) -> Option<RejectedRows> {
    let (reasons, days) = (vec![reason.to_owned()], days.iter().map(|text| day(text)).collect());
    Some(RejectedRows { count: 1, clipped: 0, reasons, days })
}

/// A row for each of `count` days from 2020 on, with this close.
fn rows(count: i32, close: &str) -> String {
    let first = jiff::civil::date(2020, 1, 1);
    let days = (0..count).map(|after| first.saturating_add(after.days()));
    days.map(|day| format!("{day},2,3,1,{close},100\n")).collect()
}

#[tokio::test]
async fn a_bad_row_is_set_aside_with_its_line_column_and_day() {
    for (row, reason) in [
        ("2024-01-03,,,,,", "line 3, open: there is no value"),
        ("2024-01-03,2,3,1,null,100", "line 3, close: there is no value"),
        ("2024-01-03,2,3,1,-,100", "line 3, close: there is no value"),
        ("2024-01-03,2,3,1", "line 3, close: there is no value"),
        ("2024-01-03,0,3,1,2,100", "line 3, open: a price is above 0"),
        ("2024-01-03,2,3,-1,2,100", "line 3, low: a price is above 0"),
        ("2024-01-03,2,1e12,1,2,100", "line 3, high: a price is below 10^12"),
        (
            "2024-01-03,2,\"1,003\",1,2,100",
            "line 3, high: a price is a decimal number of at most 28 digits",
        ),
        (
            "2024-01-03,2,1.5,1,2,100",
            "line 3, high: the bar of 2024-01-03 has a high below its open, low or close",
        ),
        (
            "2024-01-03,2,3,2.5,2,100",
            "line 3, low: the bar of 2024-01-03 has a low above its open or close",
        ),
        ("2024-01-03,2,3,1,2,-100", "line 3, volume: a volume is a number of shares, 0 or more"),
        ("2024-01-03,2,3,1,2,1,000", "line 3, row: there are more cells than columns"),
        ("2024-01-03,2,3,1,2,", "line 3, volume: there is no volume, but most rows have one"),
        ("2024-06-30,2,3,1,2,100", "line 3, day: the day is later than tomorrow"),
    ] {
        let fetched = judged(&format!("{GOOD}{row}\n2024-01-04,2,3,1,2,100\n")).await;
        assert_eq!(days(&fetched), ["2024-01-02", "2024-01-04"], "{row}");
        assert_eq!(fetched.rejected, one(reason, &[&row[..10]]), "{row}");
    }
}

#[tokio::test]
async fn a_line_is_counted_as_an_editor_counts_it() {
    for end in ["\n", "\r\n"] {
        let file = ["", GOOD.trim(), "", "2024-01-03,,,,,", "", "", "2024-01-04,0,3,1,2,100", ""];
        let fetched = judged(&file.join(end)).await;
        let reasons = fetched.rejected.unwrap().reasons;
        let expected = ["line 5, open: there is no value", "line 8, open: a price is above 0"];
        assert_eq!(reasons, expected, "{end:?}");
    }
}

#[tokio::test]
async fn a_row_without_a_valid_day_is_set_aside() {
    for text in ["02/01/2024", "2024-02-30", "2024-01-03 (estimated)", "Downloaded today", ""] {
        let fetched = judged(&format!("{GOOD}{text},2,3,1,2,100\n")).await;
        let reason = match text {
            "" => "line 3, day: there is no value",
            _ => "line 3, day: a day is a valid date, YYYY-MM-DD",
        };
        assert_eq!(fetched.rejected, one(reason, &[]), "{text}");
    }
}

#[tokio::test]
async fn the_trading_day_is_the_date_as_it_is_written() {
    for text in [
        "2024-01-03",
        "2024-01-03T00:00:00-05:00",
        "2024-01-03T23:00:00+09:00",
        "2024-01-03 00:00:00",
        "2024-01-03 00:00:00-05:00",
        "2024-01-03T00:00:00.000Z",
        "20240103",
    ] {
        let fetched = judged(&format!("{text},2,3,1,2,100\n")).await;
        assert_eq!((days(&fetched), fetched.rejected), (vec!["2024-01-03".to_owned()], None));
    }
}

#[tokio::test]
async fn a_day_ahead_of_utc_is_accepted() {
    let fetched = judged("2024-06-29,2,3,1,2,100\n").await;
    assert_eq!((days(&fetched), fetched.rejected), (vec!["2024-06-29".to_owned()], None));
}

#[tokio::test]
async fn a_high_or_low_that_a_rounding_moved_is_clipped_and_counted() {
    let fetched = judged("2024-01-03,10.01,10,9,9.5,100\n2024-01-04,10,11,10.01,10,100\n").await;
    let prices: Vec<_> = fetched.bars.iter().map(|bar| (bar.high(), bar.low())).collect();
    assert_eq!(prices[0].0.to_string(), "10.01");
    assert_eq!(prices[1].1.to_string(), "10");
    let rejected = fetched.rejected.unwrap();
    assert_eq!((rejected.count, rejected.clipped, rejected.reasons.len()), (0, 2, 0));
}

#[tokio::test]
async fn rows_are_sorted_and_the_last_of_two_rows_of_a_day_counts() {
    let fetched = judged(
        "2024-01-04,2,3,1,2,100\n2024-01-03,2,3,1,2,100\n2024-01-02,2,3,1,2,100\n\
         2024-01-03,2,3,1,2.5,200\n2024-01-03,2,3,1,null,200\n",
    )
    .await;
    assert_eq!(days(&fetched), ["2024-01-02", "2024-01-03", "2024-01-04"]);
    assert_eq!(fetched.bars[1].volume(), Some(200));
    assert_eq!(fetched.rejected.unwrap().count, 1);
}

#[tokio::test]
async fn rows_before_the_requested_day_are_not_judged() {
    let bad = rows(50, "null");
    let fetched = read(&format!("{bad}{GOOD}"), Some("2024-01-01"), TODAY).await.unwrap();
    assert_eq!((days(&fetched), fetched.rejected), (vec!["2024-01-02".to_owned()], None));
}

#[tokio::test]
async fn more_than_two_percent_and_more_than_five_bad_rows_refuse_the_response() {
    for (good, bad, accepted) in [
        (5, 5, true),
        (5, 6, false),
        (294, 6, true),
        (293, 7, false),
        (1000, 20, true),
        (1000, 21, false),
    ] {
        let text = format!("{}{}", rows(bad, "null"), rows(good, "2"));
        if accepted {
            let rejected = judged(&text).await.rejected.unwrap();
            assert_eq!(rejected.count, u64::try_from(bad).unwrap());
            assert_eq!((rejected.reasons.len(), rejected.days.len()), (5, 5));
            assert_eq!(rejected.days[4], day("2020-01-05"));
        } else {
            let reason = format!(
                "the provider's response is malformed: {bad} of {} rows are bad, the first: \
                 line 2, close: there is no value",
                good + bad
            );
            assert_eq!(refused(&text).await, reason);
        }
    }
}

#[tokio::test]
async fn a_response_without_a_usable_row_is_refused() {
    let text = "the provider's response is malformed: it has no usable rows: \
                line 2, close: there is no value";
    assert_eq!(refused(&rows(1, "null")).await, text);
}

#[tokio::test]
async fn a_row_without_a_volume_is_a_bar_where_no_row_has_one() {
    for rows in ["2024-01-02,2,3,1,2,\n2024-01-03,2,3,1,2,null\n", "2024-01-02,2,3,1,2\n"] {
        let fetched = judged(rows).await;
        assert!(fetched.bars.iter().all(|bar| bar.volume().is_none()), "{rows}");
        assert_eq!(fetched.rejected, None, "{rows}");
    }
}

#[tokio::test]
async fn days_after_the_last_partition_are_set_aside_and_refuse_nothing() {
    let first: Day = day("2046-01-01");
    let days = (0..20).map(|after| first.date().saturating_add(after.days()));
    let later: String = days.map(|day| format!("{day},2,3,1,2,100\n")).collect();
    let rows = format!("2045-12-29,2,3,1,2,100\n{later}");
    let fetched = read(&rows, Some("2045-12-22"), "2046-02-01").await.unwrap();
    assert_eq!(fetched.bars.last_day(), Some(day("2045-12-29")));
    let rejected = fetched.rejected.unwrap();
    assert_eq!((rejected.count, rejected.days[0]), (20, first));
    assert_eq!(rejected.reasons[0], "line 3, day: days after 2045 are not stored");
}

#[tokio::test]
async fn reasons_quote_no_cell() {
    let secret = "token-4f1c";
    let row = format!("2024-01-03,{secret},3,1,2,100\n{secret},2,3,1,2,100\n");
    let fetched = judged(&format!("{GOOD}{row}")).await;
    let shown = format!("{:?}", fetched.rejected);
    assert!(!shown.contains(secret), "{shown}");
    let error = refused(&row).await;
    assert!(!error.contains(secret) && error.contains("line 2, open"), "{error}");
}
