//! `GET /v1/metrics`

mod batch;
mod csv;
mod invalid;

use market::fakes::{MemoryMarkets, snapshot};
use market::{Metric, Snapshot, Values};
use support::has_fields;
use support::{app::App, assert_problem};

/// Four stocks with an RSI and a return; some are null.
fn app() -> App {
    App::with(MemoryMarkets::of(vec![
        stock("AAPL", Some(33.3), Some(-0.05)),
        stock("IBM", Some(28.0), Some(0.02)),
        stock("MSFT", None, Some(0.02)),
        stock("SPX", Some(33.3), None),
    ]))
}

fn stock(symbol: &str, rsi: Option<f64>, return_21d: Option<f64>) -> Snapshot {
    let values = [(Metric::Rsi14, rsi), (Metric::Return21d, return_21d)];
    let metrics =
        values.into_iter().filter_map(|(metric, value)| Some((metric, value?))).collect::<Values>();
    Snapshot { metrics, ..snapshot(symbol) }
}

/// The symbols of `GET /v1/metrics` with this query.
async fn symbols(query: &str) -> Vec<String> {
    app().get(&format!("/v1/metrics?{query}")).await.each("symbol")
}

#[tokio::test]
async fn anyone_may_cache_a_page() {
    let reply = app().event("list-metrics").await;
    assert!(reply.header("cache-control").starts_with("public"), "{reply:?}");
}

#[tokio::test]
async fn pages_hold_the_metrics_of_each_stock_once() {
    let first = app().get("/v1/metrics?limit=3").await;
    assert_eq!(first.each("symbol"), ["AAPL", "IBM", "MSFT"]);
    let second = app().get(&format!("/v1/metrics?limit=3&cursor={}", first.next())).await;
    assert_eq!(second.each("symbol"), ["SPX"]);
    assert!(second.json()["next"].is_null());
}

#[tokio::test]
async fn sort_and_fields_may_be_repeated_and_separated_by_commas() {
    for query in [
        "sort=-return_21d,-symbol&fields=symbol,close",
        "sort=-return_21d&sort=-symbol&fields=symbol&fields=close",
    ] {
        let first = app().get(&format!("/v1/metrics?limit=2&{query}")).await;
        assert_eq!(first.each("symbol"), ["MSFT", "IBM"], "{query}");
        assert!(has_fields(&first.json()["items"][0], &["symbol", "close"]), "{query}");
        let (_, next) = first.header("link").split_once("/v1/").unwrap();
        let second = app().get(&format!("/v1/{}", next.split_once('>').unwrap().0)).await;
        assert_eq!(second.each("symbol"), ["AAPL", "SPX"], "{query}");
    }
}

#[tokio::test]
async fn a_metric_is_filtered_by_bounds_and_equality() {
    assert_eq!(symbols("rsi_14.lt=33.3").await, ["IBM"]);
    assert_eq!(symbols("rsi_14.lte=33.3").await, ["AAPL", "IBM", "SPX"]);
    assert_eq!(symbols("rsi_14=33.3").await, ["AAPL", "SPX"]);
}

#[tokio::test]
async fn a_stock_without_a_volume_is_sorted_last_and_meets_no_bound() {
    let without = Snapshot { volume: None, ..snapshot("SPX") };
    let app = App::with(MemoryMarkets::of(vec![without, snapshot("AAPL"), snapshot("IBM")]));
    for sort in ["volume", "-volume"] {
        let first = app.get(&format!("/v1/metrics?sort={sort}&limit=2")).await;
        assert_eq!(first.each("symbol"), ["AAPL", "IBM"], "{sort}");
        let path = format!("/v1/metrics?sort={sort}&limit=2&cursor={}", first.next());
        let last = &app.get(&path).await.json()["items"][0];
        assert_eq!((&last["symbol"], last["volume"].is_null()), (&"SPX".into(), true), "{sort}");
    }
    assert_eq!(app.get("/v1/metrics?volume.gte=0").await.each("symbol"), ["AAPL", "IBM"]);
}

#[tokio::test]
async fn symbols_are_filtered_in_upper_case() {
    assert_eq!(symbols("symbol.gte=ibm&symbol.lt=SPX").await, ["IBM", "MSFT"]);
}

#[tokio::test]
async fn a_stock_meets_every_filter() {
    assert_eq!(symbols("rsi_14.lte=33.3&return_21d.gt=-0.1").await, ["AAPL", "IBM"]);
    assert_eq!(symbols("close.gt=430.46&as_of=2013-03-01&volume.gte=1").await.len(), 4);
}

#[tokio::test]
async fn null_comes_last_in_both_directions() {
    assert_eq!(symbols("sort=rsi_14").await, ["IBM", "AAPL", "SPX", "MSFT"]);
    assert_eq!(symbols("sort=-rsi_14").await, ["AAPL", "SPX", "IBM", "MSFT"]);
}

#[tokio::test]
async fn equal_values_are_sorted_by_the_next_field() {
    assert_eq!(symbols("sort=-return_21d,-symbol").await, ["MSFT", "IBM", "AAPL", "SPX"]);
}

#[tokio::test]
async fn a_cursor_continues_after_nulls_and_equal_values() {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    for _ in 0..4 {
        let page = app().get(&format!("/v1/metrics?sort=-rsi_14&limit=1{cursor}")).await;
        found.extend(page.each("symbol"));
        cursor = format!("&cursor={}", page.next());
    }
    assert_eq!(found, ["AAPL", "SPX", "IBM", "MSFT"]);
    assert_eq!(cursor, "&cursor=", "the fourth page is the last one");
}

#[tokio::test]
async fn a_cursor_of_another_filter_or_sort_is_rejected() {
    let next = app().get("/v1/metrics?sort=-rsi_14&limit=1").await.next();
    for query in ["sort=rsi_14", "sort=-rsi_14&rsi_14.lt=90", ""] {
        let reply = app().get(&format!("/v1/metrics?{query}&cursor={next}")).await;
        assert_problem(&reply, 400, "invalid_cursor");
    }
}

#[tokio::test]
async fn a_cursor_is_valid_for_other_fields() {
    let next = app().get("/v1/metrics?sort=-rsi_14&limit=1").await.next();
    let path = format!("/v1/metrics?sort=-rsi_14,symbol&fields=close&cursor={next}");
    assert_eq!(app().get(&path).await.status, 200);
}

#[tokio::test]
async fn a_field_is_compared_with_another_one() {
    assert_eq!(symbols("close.gt=@adj_close").await, ["IBM"]);
    assert_eq!(symbols("close.lte=@adj_close").await, ["AAPL", "MSFT", "SPX"]);
    assert_eq!(symbols("rsi_14.gt=@return_21d&rsi_14.lt=30").await, ["IBM"]);
    assert_eq!(symbols("volume=@volume&limit=1").await, ["AAPL"]);
}

#[tokio::test]
async fn a_null_does_not_meet_a_comparison() {
    assert_eq!(symbols("rsi_14.gt=@return_21d").await, ["AAPL", "IBM"]);
}

#[tokio::test]
async fn a_cursor_belongs_to_the_comparison_of_its_page() {
    let app = app();
    let next = app.get("/v1/metrics?close.gte=@adj_close&limit=1").await.next();
    let path = format!("/v1/metrics?close.gte=@adj_close&limit=1&cursor={next}");
    assert_eq!(app.get(&path).await.each("symbol"), ["IBM"]);
    let other = app.get(&format!("/v1/metrics?close.gt=@rsi_14&cursor={next}")).await;
    assert_problem(&other, 400, "invalid_cursor");
}

#[tokio::test]
async fn only_a_field_of_numbers_is_compared_with() {
    for filter in ["close.gt=@symbol", "close.gt=@", "close.gt=@nope", "symbol.gt=@sma_200"] {
        let reply = app().get(&format!("/v1/metrics?{filter}")).await;
        assert_problem(&reply, 400, "validation_failed");
    }
}

#[tokio::test]
async fn at_most_eight_filters_compare_two_fields() {
    let fields = ["sma_20", "sma_50", "sma_200", "ema_12", "ema_26", "close", "adj_close", "macd"];
    let eight = fields.map(|field| format!("{field}.gt=@volume")).join("&");
    assert_eq!(app().get(&format!("/v1/metrics?{eight}")).await.status, 200);
    let reply = app().get(&format!("/v1/metrics?{eight}&rsi_14.gt=@volume")).await;
    let problem = assert_problem(&reply, 400, "validation_failed");
    assert_eq!(problem["errors"][0]["code"], "too_many");
}

#[tokio::test]
async fn the_screener_filters_by_kind_and_exchange() {
    assert_eq!(symbols("kind=stock").await, ["AAPL", "IBM", "MSFT"]);
    assert_eq!(symbols("kind=INDEX").await, ["SPX"]);
    assert_eq!(symbols("exchange=nyse&kind=stock").await, ["IBM"]);
}

#[tokio::test]
async fn an_item_says_which_stock_it_is() {
    let body = app().get("/v1/metrics?symbol=SPX&fields=name,exchange,kind").await.json();
    let expected = serde_json::json!({
        "symbol": "SPX", "name": "S&P 500", "exchange": "INDEX", "kind": "index",
    });
    assert_eq!(body["items"][0], expected);
}

#[tokio::test]
async fn an_item_has_the_requested_fields_once() {
    let stocks = MemoryMarkets::of(vec![stock("AAPL", Some(33.3), Some(0.1))]);
    let reply = App::with(stocks).event("list-metrics.screener").await;
    assert!(has_fields(&reply.json()["items"][0], &["symbol", "close", "rsi_14"]), "{reply:?}");
    assert_eq!(reply.text().matches("430.47").count(), 1);
}

#[tokio::test]
async fn an_item_always_has_its_symbol() {
    let body = app().get("/v1/metrics?fields=rsi_14&limit=1").await.json();
    assert!(has_fields(&body["items"][0], &["symbol", "rsi_14"]), "{body}");
}

#[tokio::test]
async fn numbers_may_be_written_as_in_json() {
    // The closes are 430.47.
    for (value, above) in [
        ("1e2", 4),
        ("1E%2B2", 4),
        ("100.0", 4),
        ("-0", 4),
        ("1e308", 0),
        ("99999999999999999999999999999999", 0),
    ] {
        assert_eq!(symbols(&format!("close.gt={value}")).await.len(), above, "{value}");
        let reply = app().get(&format!("/v1/metrics?rsi_14.lt={value}")).await;
        assert_eq!(reply.status, 200, "{value}");
    }
}

mod on_the_stack {
    use support::{Response, has_fields, stack::Stack};

    #[tokio::test]
    async fn a_screener_filters_and_sorts_by_any_metric() {
        let reply =
            get("symbol.lte=SPX&rsi_14.gt=0&as_of=2013-03-01&sort=-return_21d&fields=return_21d")
                .await;
        let body = reply.json();
        let items = body["items"].as_array().unwrap();
        let returns: Vec<f64> =
            items.iter().map(|item| item["return_21d"].as_f64().unwrap()).collect();
        assert!(returns.len() >= 4 && returns.is_sorted_by(|one, next| one >= next), "{body}");
        assert!(has_fields(&items[0], &["symbol", "return_21d"]), "{body}");
    }

    #[tokio::test]
    async fn a_field_is_compared_with_another_one() {
        for (filter, count) in [("adj_close.gt=@low_252d", 1), ("adj_close.lt=@low_252d", 0)] {
            let body =
                get(&format!("{filter}&symbol=AAPL&fields=rsi_14&sort=-rsi_14")).await.json();
            assert_eq!(body["items"].as_array().unwrap().len(), count, "{filter}: {body}");
        }
    }

    #[tokio::test]
    async fn an_index_is_found_by_its_kind() {
        let body = get("kind=index&exchange=index&symbol=SPX&fields=name").await.json();
        assert_eq!(body["items"], serde_json::json!([{ "symbol": "SPX", "name": "S&P 500" }]));
    }

    async fn get(query: &str) -> Response {
        Stack::running().get_json(&format!("/v1/metrics?{query}"), None).await
    }

    #[tokio::test]
    async fn every_field_but_text_can_be_filtered_and_sorted_by() {
        let whole = get("symbol=AAPL").await.json();
        for (name, value) in whole["items"][0].as_object().unwrap() {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let filters = format!("{name}.gte={value}&{name}.lte={value}&{name}={value}");
            let query = match name.as_str() {
                "price_basis" => continue,
                "symbol" => "symbol=AAPL&sort=-symbol".to_owned(),
                "name" => "symbol=AAPL&sort=-name".to_owned(),
                "exchange" | "kind" => format!("symbol=AAPL&{name}={value}"),
                name => format!("symbol=AAPL&{filters}&sort=-{name}"),
            };
            let reply = get(&query).await;
            assert_eq!(reply.each("symbol"), ["AAPL"], "{query}");
        }
    }

    #[tokio::test]
    async fn a_batch_has_an_item_for_each_symbol() {
        let reply = get("symbols=MSFT,NOPE,AAPL").await;
        assert_eq!(reply.each("symbol"), ["MSFT", "NOPE", "AAPL"]);
        assert_eq!(reply.json()["items"][1]["error"]["code"], "stock_not_found");
        assert_eq!(reply.json()["items"][2]["close"], 430.47);
    }
}
