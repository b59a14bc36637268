//! `GET /v1/stocks`

use market::fakes::MemoryMarkets;
use support::{app::App, assert_problem};

/// Five stocks; OLD is no longer followed.
fn app() -> App {
    App::with(MemoryMarkets::with(&["AAPL", "IBM", "MSFT", "OLD", "SPX"]))
}

#[tokio::test]
async fn a_page_has_its_items_and_the_cursor_of_the_next_one() {
    let reply = app().get("/v1/stocks?limit=2").await;
    insta::assert_snapshot!(reply.pretty().replace(&reply.next(), "<cursor>"), @r#"
    {
      "as_of": "2013-03-01",
      "items": [
        {
          "active": true,
          "as_of": "2013-03-01",
          "currency": "USD",
          "exchange": "NASDAQ",
          "first_day": "2000-03-01",
          "has_error": false,
          "kind": "stock",
          "name": "Apple Inc.",
          "refresh_error": null,
          "refreshed_at": "2026-03-02T09:30:00Z",
          "rejected_rows": null,
          "status": "active",
          "symbol": "AAPL"
        },
        {
          "active": true,
          "as_of": "2013-03-01",
          "currency": "USD",
          "exchange": "NYSE",
          "first_day": "2000-03-01",
          "has_error": false,
          "kind": "stock",
          "name": "International Business Machines",
          "refresh_error": null,
          "refreshed_at": "2026-03-02T09:30:00Z",
          "rejected_rows": null,
          "status": "active",
          "symbol": "IBM"
        }
      ],
      "next": "<cursor>",
      "refreshed_at": "2026-03-02T09:30:00Z",
      "stale": false
    }
    "#);
}

#[tokio::test]
async fn a_short_list_is_one_page() {
    let reply = app().event("list-stocks").await;
    assert_eq!(reply.each("symbol"), ["AAPL", "IBM", "MSFT", "SPX"]);
    assert!(reply.json()["next"].is_null());
    assert_eq!(reply.header("link"), "");
}

#[tokio::test]
async fn a_page_links_to_the_next_one() {
    let reply = app().get("/v1/stocks?limit=3").await;
    let next = reply.next();
    let link = format!("<https://api.example.com/v1/stocks?limit=3&cursor={next}>; rel=\"next\"");
    assert_eq!(reply.header("link"), link);
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repetition() {
    let first = app().get("/v1/stocks?limit=3").await;
    assert_eq!(first.each("symbol"), ["AAPL", "IBM", "MSFT"]);
    let second = app().get(&format!("/v1/stocks?limit=3&cursor={}", first.next())).await;
    assert_eq!(second.each("symbol"), ["SPX"]);
    assert!(second.json()["next"].is_null());
}

#[tokio::test]
async fn a_changed_cursor_is_rejected() {
    let mut next = app().get("/v1/stocks?limit=1").await.next();
    let last = next.pop().unwrap();
    next.push(if last == 'A' { 'E' } else { 'A' });
    let reply = app().get(&format!("/v1/stocks?cursor={next}")).await;
    assert_problem(&reply, 400, "invalid_cursor");
}

#[tokio::test]
async fn a_cursor_of_another_list_is_rejected() {
    let next = app().get("/v1/metrics?limit=1").await.next();
    let reply = app().get(&format!("/v1/stocks?cursor={next}")).await;
    assert_problem(&reply, 400, "invalid_cursor");
}

#[tokio::test]
async fn a_limit_above_200_of_any_length_is_read_as_200() {
    for limit in
        ["100000", "99999999999999999999", "18446744073709551616", "00000000000000000000000201"]
    {
        assert_eq!(app().get(&format!("/v1/stocks?limit={limit}")).await.status, 200, "{limit}");
    }
}

#[tokio::test]
async fn a_limit_below_1_is_a_400_problem_that_names_it() {
    for limit in ["0", "-1", "ten"] {
        let reply = app().get(&format!("/v1/stocks?limit={limit}")).await;
        let problem = assert_problem(&reply, 400, "validation_failed");
        assert_eq!(problem["errors"][0]["field"], "limit", "{limit}");
    }
}

#[tokio::test]
async fn stocks_are_filtered_by_exchange() {
    let reply = app().get("/v1/stocks?exchange=NASDAQ").await;
    assert_eq!(reply.each("symbol"), ["AAPL", "MSFT"]);
}

#[tokio::test]
async fn text_is_compared_without_regard_to_case() {
    let reply = app().get("/v1/stocks?exchange=nasdaq&currency=Usd").await;
    assert_eq!(reply.each("symbol"), ["AAPL", "MSFT"]);
}

#[tokio::test]
async fn stocks_are_filtered_by_whether_their_last_refresh_failed() {
    let app = App::with(MemoryMarkets::with(&["AAPL", "BAD"]));
    for (has_error, symbol) in [("true", "BAD"), ("false", "AAPL")] {
        let reply = app.get(&format!("/v1/stocks?has_error={has_error}")).await;
        assert_eq!(reply.each("symbol"), [symbol], "{has_error}");
    }
}

#[tokio::test]
async fn filters_are_combined() {
    let reply = app().get("/v1/stocks?exchange=NASDAQ&currency=EUR").await;
    assert_eq!(reply.each("symbol"), [""; 0]);
}

#[tokio::test]
async fn stocks_are_filtered_by_whether_they_are_followed() {
    let followed = app().get("/v1/stocks?active=true").await;
    assert_eq!(followed.each("symbol"), ["AAPL", "IBM", "MSFT", "SPX"]);
    let others = app().get("/v1/stocks?active=false").await;
    assert_eq!(others.each("symbol"), ["OLD"]);
}

#[tokio::test]
async fn indices_are_apart_from_stocks() {
    assert_eq!(app().get("/v1/stocks?kind=index").await.each("symbol"), ["SPX"]);
    let stocks = app().get("/v1/stocks?kind=Stock").await;
    assert_eq!(stocks.each("symbol"), ["AAPL", "IBM", "MSFT"]);
    let reply = app().get("/v1/stocks?kind=bond").await;
    let problem = assert_problem(&reply, 400, "validation_failed");
    assert_eq!(problem["errors"][0]["detail"], "must be stock, index or etf");
}

#[tokio::test]
async fn stocks_are_filtered_by_status() {
    let app = App::with(MemoryMarkets::with(&["AAPL", "OLD"]).unrefreshed("NEW"));
    for (status, symbol) in
        [("pending", "NEW"), ("active", "AAPL"), ("inactive", "OLD"), ("Pending", "NEW")]
    {
        let reply = app.get(&format!("/v1/stocks?status={status}")).await;
        assert_eq!(reply.each("symbol"), [symbol], "{status}");
    }
    let reply = app.get("/v1/stocks?status=new").await;
    let problem = assert_problem(&reply, 400, "validation_failed");
    assert_eq!(problem["errors"][0]["detail"], "must be pending, active or inactive");
}

#[tokio::test]
async fn stocks_are_sorted_by_a_field_and_then_by_symbol() {
    let reply = app().get("/v1/stocks?sort=-exchange&fields=exchange").await;
    assert_eq!(reply.each("symbol"), ["IBM", "AAPL", "MSFT", "SPX"]);
}

#[tokio::test]
async fn text_is_compared_for_equality_only() {
    let reply = app().get("/v1/stocks?exchange.gte=N").await;
    let problem = assert_problem(&reply, 400, "unknown_parameter");
    assert!(problem["detail"].as_str().unwrap().contains("exchange= only"), "{problem}");
}

#[tokio::test]
async fn an_invalid_value_of_a_filter_is_a_400_problem() {
    for filter in ["active=yes", "exchange=%00"] {
        let reply = app().get(&format!("/v1/stocks?{filter}")).await;
        assert_problem(&reply, 400, "validation_failed");
    }
}

#[tokio::test]
async fn a_search_is_one_page_of_the_best_matches() {
    let reply = app().event("list-stocks.search").await;
    assert_eq!(reply.each("symbol"), ["AAPL"]);
    assert!(reply.json()["next"].is_null());
}

#[tokio::test]
async fn a_search_has_a_limit() {
    let reply = app().get("/v1/stocks?q=MS&limit=1").await;
    assert_eq!(reply.each("symbol"), ["MSFT"]);
}

#[tokio::test]
async fn a_search_cannot_be_sorted() {
    let reply = app().get("/v1/stocks?q=app&sort=name").await;
    let problem = assert_problem(&reply, 400, "validation_failed");
    assert_eq!(problem["errors"][0]["code"], "not_combinable");
}

#[tokio::test]
async fn an_empty_parameter_counts_as_left_out() {
    let all = app().get("/v1/stocks").await;
    for empty in ["q=", "cursor=", "sort=&fields=", "limit", "active=", "exchange=&as_of.gte="] {
        let reply = app().get(&format!("/v1/stocks?{empty}")).await;
        assert_eq!((reply.status, reply.text()), (200, all.text()), "{empty}");
    }
}

#[tokio::test]
async fn an_empty_parameter_can_be_combined_with_any_other() {
    let reply = app().get("/v1/stocks?q=app&sort=&cursor=").await;
    assert_eq!(reply.each("symbol"), ["AAPL"]);
}

#[tokio::test]
async fn an_unknown_parameter_is_a_400_problem_that_names_it() {
    let reply = app().get("/v1/stocks?color=red").await;
    let problem = assert_problem(&reply, 400, "unknown_parameter");
    assert_eq!(problem["errors"][0]["field"], "color");
    assert!(problem["detail"].as_str().unwrap().contains("limit, cursor"), "{problem}");
}

#[tokio::test]
async fn stocks_and_searches_can_be_csv() {
    let path = "/v1/stocks?exchange=NYSE&fields=name,refresh_error,active&format=csv";
    let csv = "symbol,name,active,refresh_error\r\nIBM,International Business Machines,true,\r\n";
    assert_eq!(app().get(path).await.text(), csv);
    let reply = app().get_with("/v1/stocks?q=IBM&fields=currency", &[("accept", "text/csv")]).await;
    assert_eq!(reply.text(), "symbol,currency\r\nIBM,USD\r\n");
}

#[tokio::test]
async fn a_text_that_would_be_a_formula_is_neutralised() {
    for (symbol, name, cell) in [
        ("A", "=1+1", "'=1+1"),
        ("B", "+1", "'+1"),
        ("C", "-2 Inc.", "'-2 Inc."),
        ("D", "@SUM(A1), \"Inc.\"", "\"'@SUM(A1), \"\"Inc.\"\"\""),
    ] {
        let app = App::with(MemoryMarkets::with(&[symbol]).named(name));
        let csv = app.get("/v1/stocks?fields=name&format=csv").await;
        assert_eq!(csv.text(), format!("symbol,name\r\n{symbol},{cell}\r\n"));
    }
}

mod on_the_stack {
    use support::stack::Stack;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
    };

    /// The response to a request line that HTTP libraries would not send.
    async fn get_raw(target: &str) -> String {
        let stack = Stack::running();
        let host = stack.get("base_url").trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).await.unwrap();
        let request = format!("GET {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).await.unwrap();
        response
    }

    #[tokio::test]
    async fn characters_that_are_invalid_in_a_url_are_percent_encoded() {
        let response = get_raw("/v1/stocks?q=\"apple\"").await;
        assert!(response.starts_with("HTTP/1.1 200"), "{response}");
        assert!(response.contains("\"AAPL\""), "{response}");
    }

    #[tokio::test]
    async fn invalid_characters_in_a_parameter_are_a_400_problem() {
        for target in ["/v1/stocks/A<", "/v1/stocks?q=a&name=<b>", "/v1/metrics?symbols=AAPL<"] {
            let response = get_raw(target).await;
            assert!(response.starts_with("HTTP/1.1 400"), "{response}");
            assert!(response.contains("application/problem+json"), "{response}");
        }
    }

    #[tokio::test]
    async fn following_next_lists_every_stock_once_in_order() {
        let stack = Stack::running();
        let (mut found, mut path) = (Vec::new(), "/v1/stocks?limit=3".to_owned());
        loop {
            let page = stack.get_json(&path, None).await;
            found.extend(page.each("symbol"));
            if page.next().is_empty() {
                break;
            }
            path = format!("/v1/stocks?limit=3&cursor={}", page.next());
        }
        // Other tests add stocks meanwhile, so the whole set is not known.
        assert!(found.is_sorted_by(|one, next| one < next), "{found:?}");
        for symbol in ["AAPL", "IBM", "MSFT", "SPX"] {
            assert!(found.iter().any(|one| one == symbol), "{symbol}: {found:?}");
        }
    }

    #[tokio::test]
    async fn a_search_finds_prefixes_of_symbols_and_names_despite_a_typo() {
        let stack = Stack::running();
        for (query, best) in [
            ("aap", "AAPL"),
            ("apple", "AAPL"),
            ("aple", "AAPL"),
            ("machines", "IBM"),
            ("MSFT", "MSFT"),
        ] {
            let reply = stack.get_json(&format!("/v1/stocks?q={query}"), None).await;
            let found = reply.each("symbol");
            assert_eq!(found.first().map(String::as_str), Some(best), "{query}: {found:?}");
        }
    }

    #[tokio::test]
    async fn a_search_takes_wildcards_and_quotes_as_text() {
        let none = Stack::running().get_json("/v1/stocks?q=%25_%5C%27)%2C(", None).await;
        assert_eq!(none.each("symbol"), [""; 0]);
    }
}
