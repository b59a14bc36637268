//! JSON or CSV, and how long an answer may be.

use super::*;

/// The history with this `Accept`.
async fn accepting(accept: &str, query: &str) -> Response {
    let mut json = event_json("get-metric-history.csv");
    json["headers"]["accept"] = accept.into();
    json["rawQueryString"] = query.into();
    answer(MemoryMarkets::with_january(), &json).await
}

#[tokio::test]
async fn csv_has_a_header_and_a_line_a_day_that_ends_with_cr_lf() {
    let reply = accepting("text/csv", "from=2013-01-30&metrics=rsi_14,beta_252d").await;
    assert_eq!(reply.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert_eq!(
        (reply.header("as-of"), reply.header("refreshed-at")),
        ("2013-03-01", "2026-03-02T09:30:00Z")
    );
    assert_eq!(
        String::from_utf8(reply.body).unwrap(),
        "symbol,day,open,high,low,close,adj_close,volume,rsi_14,beta_252d\r\n\
         AAPL,2013-01-30,230,250,210,240,105,1000,,\r\n\
         AAPL,2013-01-31,231,251,211,241,105,1000,,\r\n"
    );
}

#[tokio::test]
async fn caches_are_told_in_one_header_that_it_depends_on_format_and_coding() {
    for accept in ["text/csv", "application/json"] {
        let reply = accepting(accept, "limit=1").await;
        let vary: Vec<_> = reply.headers.get_all("vary").iter().collect();
        assert_eq!(vary, ["Accept, Accept-Encoding"], "API Gateway passes on one value of a name");
    }
}

#[tokio::test]
async fn csv_is_continued_by_its_link() {
    let reply = accepting("text/csv", "limit=30&metrics=none").await;
    let link = reply.header("link").to_owned();
    let cursor = link.split("cursor=").nth(1).unwrap().split('>').next().unwrap();
    let rest = accepting("text/csv", &format!("limit=30&metrics=none&cursor={cursor}")).await;
    assert!(
        String::from_utf8(rest.body)
            .unwrap()
            .ends_with("\r\nAAPL,2013-01-31,231,251,211,241,105,1000\r\n")
    );
    assert_eq!(rest.headers.get("link"), None);
}

#[tokio::test]
async fn a_symbol_that_would_be_a_formula_is_neutralised() {
    let history = MemoryMarkets::with_january().history_of("-A");
    let mut json = event_json("get-metric-history.csv");
    json["pathParameters"]["symbol"] = "-A".into();
    json["rawQueryString"] = "from=2013-01-31&metrics=none".into();
    let csv = String::from_utf8(answer(history, &json).await.body).unwrap();
    assert!(csv.ends_with("\r\n'-A,2013-01-31,231,251,211,241,105,1000\r\n"), "{csv}");
}

#[tokio::test]
async fn the_format_is_the_one_the_caller_likes_best() {
    for accept in [
        "",
        "*/*",
        "application/json",
        "text/*;q=0.5, application/json",
        "text/csv;q=0.1, */*",
        "TEXT/CSV;Q=0.5, */*",
    ] {
        let reply = accepting(accept, "limit=1").await;
        assert_eq!(reply.header("content-type"), "application/json", "{accept}");
    }
    for accept in
        ["text/csv", "text/*", "text/csv, application/json;q=0.9", "application/json;q=0, */*"]
    {
        assert!(
            accepting(accept, "limit=1").await.header("content-type").starts_with("text/csv"),
            "{accept}"
        );
    }
    for accept in [
        "image/png",
        "text/html, application/xml;q=0.9",
        "*/*;q=0",
        "application/json;q=0, text/csv;q=0",
    ] {
        assert_problem(&accepting(accept, "limit=1").await, 406, "not_acceptable");
    }
}

/// `count` days with every metric.
fn long_history(count: usize) -> Vec<HistoryRow> {
    let metrics: Values =
        Metric::ALL.into_iter().map(|metric| (metric, -123.456_789_012_345_67)).collect();
    let price = |text: &str| text.parse().unwrap();
    let mut day: Day = "1990-01-01".parse().unwrap();
    let mut row = || {
        day = day.next();
        let (open, high, low) = (price("430.47"), price("447.87"), price("429.98"));
        HistoryRow {
            day,
            open,
            high,
            low,
            close: open,
            adj_close: price("56.137353095488"),
            volume: 19_730_300,
            metrics,
        }
    };
    (0..count).map(|_| row()).collect()
}

#[tokio::test]
async fn an_answer_ends_at_a_whole_row_before_4_mb_and_is_continued() {
    for accept in ["application/json", "text/csv"] {
        let (mut met, mut cursor, mut sizes) = (0, String::new(), Vec::new());
        loop {
            let mut json = event_json("get-metric-history.csv");
            json["headers"]["accept"] = accept.into();
            json["rawQueryString"] = format!("limit=99999999999999999999{cursor}").into();
            let reply = answer(MemoryMarkets::with_history(long_history(12_000)), &json).await;
            sizes.push(reply.body.len());
            let text = String::from_utf8(reply.body.clone()).unwrap();
            met += text.matches(if accept == "text/csv" { "\r\nAAPL" } else { "\"day\"" }).count();
            let link = reply.header("link").to_owned();
            let Some((_, rest)) = link.split_once("cursor=") else { break };
            cursor = format!("&cursor={}", rest.split('>').next().unwrap());
        }
        assert_eq!(met, 12_000, "{accept}: {sizes:?}");
        assert!(sizes.iter().all(|size| *size <= 4_001_000), "{accept}: {sizes:?}");
    }
}
