//! The parameters of charts.

use support::assert_problem;

use super::{aapl, drawing::written, svg};

#[tokio::test]
async fn an_invalid_value_is_a_400_problem_that_lists_the_valid_ones() {
    for (query, field, known) in [
        ("svg?range=10y", "range", "1m, 3m, 6m, 1y, 2y, 5y and max"),
        ("svg?from=2013-02-30", "from", "YYYY-MM-DD"),
        ("svg?to=today", "to", "YYYY-MM-DD"),
        ("svg?style=bars", "style", "candles, line and area"),
        ("svg?theme=sepia", "theme", "light or dark"),
        ("svg?width=319", "width", "320 to 1600"),
        ("svg?width=1601", "width", "320 to 1600"),
        ("svg?width=wide", "width", "320 to 1600"),
        ("svg?height=239", "height", "240 to 1200"),
        ("svg?height=1201", "height", "240 to 1200"),
        ("svg?panels=sma", "panels", "rsi, volume and macd"),
        ("svg?panels=rsi,,macd", "panels", "rsi, volume and macd"),
        ("svg?font=serif", "font", "embedded or system"),
        ("png?scale=3", "scale", "1 or 2"),
    ] {
        let reply = aapl().get(&format!("/v1/stocks/AAPL/chart.{query}")).await;
        let problem = assert_problem(&reply, 400, "validation_failed");
        assert_eq!(problem["errors"][0]["field"], field, "{problem}");
        assert!(problem["errors"][0]["detail"].as_str().unwrap().contains(known), "{problem}");
    }
}

#[tokio::test]
async fn parameters_that_exclude_each_other_are_a_400_problem() {
    for (query, field, code) in [
        ("range=1y&from=2012-03-01", "range", "not_combinable"),
        ("to=2012-03-01&range=1y", "range", "not_combinable"),
        ("from=2012-03-02&to=2012-03-01", "from", "after_to"),
    ] {
        let reply = aapl().get(&format!("/v1/stocks/AAPL/chart.svg?{query}")).await;
        let problem = assert_problem(&reply, 400, "validation_failed");
        let error = &problem["errors"][0];
        assert_eq!((&error["field"], &error["code"]), (&field.into(), &code.into()), "{problem}");
    }
}

#[tokio::test]
async fn an_unknown_parameter_is_a_400_problem() {
    for query in ["svg?colour=red", "svg?scale=2", "png?font=system"] {
        let reply = aapl().get(&format!("/v1/stocks/AAPL/chart.{query}")).await;
        assert_problem(&reply, 400, "unknown_parameter");
    }
}

#[tokio::test]
async fn a_chart_begins_and_ends_with_the_days_asked_for() {
    for (query, close, since) in [
        ("from=2012-09-01&to=2012-12-31", "31 Dec 2012", "4 Sep 2012"),
        ("from=2013-02-28", "1 Mar 2013", "28 Feb 2013"),
        ("to=2000-03-07", "7 Mar 2000", "1 Mar 2000"),
        ("from=2012-12-31&to=2012-12-31", "31 Dec 2012", "31 Dec 2012"),
    ] {
        let texts = written(&svg(query).await);
        assert!(texts.contains(&format!("Adjusted close {close}")), "{query}: {texts:?}");
        let since = format!(" since {since}");
        assert!(texts.iter().any(|text| text.ends_with(&since)), "{query}: {texts:?}");
    }
}

#[tokio::test]
async fn days_without_prices_are_a_chart_that_says_so() {
    let texts = written(&svg("from=2014-01-01").await);
    assert_eq!(texts, ["Apple Inc. (AAPL)", "No prices in this period"]);
}

#[tokio::test]
async fn the_system_font_is_not_in_the_file() {
    let (embedded, system) = (svg("").await, svg("font=system").await);
    assert!(embedded.contains("@font-face") && !system.contains("font-face"), "{system}");
    assert!(!system.contains("Inter") && system.len() + 16_000 < embedded.len());
    assert_eq!(written(&embedded), written(&system));
}
