//! `GET /v1/stocks`

use market::fakes::MemoryMarkets;
use support::{Response, app::App, assert_problem, event_json};

async fn list(query: &str) -> Response {
    let mut json = event_json("list-stocks");
    json["rawQueryString"] = query.into();
    search(&json).await
}

async fn search(event: &serde_json::Value) -> Response {
    App::with(MemoryMarkets::with(&["AAPL", "IBM", "MSFT", "OLD", "SPX"]))
        .respond("list-stocks", event)
        .await
}

fn symbols(reply: &Response) -> Vec<String> {
    let body = reply.json();
    body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["symbol"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_short_list_is_one_page() {
    let reply = list("").await;
    assert_eq!(symbols(&reply), ["AAPL", "IBM", "MSFT", "SPX"]);
    assert!(reply.json()["next"].is_null());
    assert_eq!(reply.header("link"), "");
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repetition() {
    let first = list("limit=3").await;
    assert_eq!(symbols(&first), ["AAPL", "IBM", "MSFT"]);
    let next = first.json()["next"].as_str().unwrap().to_owned();
    let link = format!("<https://api.example.com/v1/stocks?limit=3&cursor={next}>; rel=\"next\"");
    assert_eq!(first.header("link"), link);
    let second = list(&format!("limit=3&cursor={next}")).await;
    assert_eq!(symbols(&second), ["SPX"]);
    assert!(second.json()["next"].is_null());
}

#[tokio::test]
async fn a_cursor_that_was_changed_is_refused() {
    let mut next = list("limit=1").await.json()["next"].as_str().unwrap().to_owned();
    let last = next.pop().unwrap();
    next.push(if last == 'A' { 'E' } else { 'A' });
    assert_problem(&list(&format!("cursor={next}")).await, 400, "invalid_cursor");
}

#[tokio::test]
async fn a_cursor_of_another_list_is_refused() {
    let app = App::with(MemoryMarkets::with(&["AAPL", "IBM"]));
    let next = app.get("/v1/metrics?limit=1").await.json()["next"].as_str().unwrap().to_owned();
    assert_problem(&list(&format!("cursor={next}")).await, 400, "invalid_cursor");
}

#[tokio::test]
async fn a_limit_above_200_is_read_as_200_and_one_below_1_is_refused() {
    assert_eq!(list("limit=100000").await.status, 200);
    for limit in ["0", "-1", "ten", ""] {
        let problem =
            assert_problem(&list(&format!("limit={limit}")).await, 400, "validation_failed");
        assert_eq!(problem["errors"][0]["field"], "limit", "{limit}");
    }
}

#[tokio::test]
async fn a_limit_of_however_many_digits_is_read_as_200() {
    for limit in ["99999999999999999999", "18446744073709551616", "00000000000000000000000201"] {
        assert_eq!(list(&format!("limit={limit}")).await.status, 200, "{limit}");
    }
}

#[tokio::test]
async fn stocks_are_filtered_by_exchange_currency_and_whether_they_are_followed() {
    assert_eq!(symbols(&list("exchange=NASDAQ").await), ["AAPL", "MSFT"]);
    assert_eq!(symbols(&list("exchange=NASDAQ&currency=EUR").await), [""; 0]);
    assert_eq!(symbols(&list("active=true").await), ["AAPL", "IBM", "MSFT", "SPX"]);
    assert_eq!(symbols(&list("active=false").await), ["OLD"]);
    assert_eq!(
        symbols(&list("sort=-exchange&fields=exchange").await),
        ["IBM", "AAPL", "MSFT", "SPX"]
    );
}

#[tokio::test]
async fn text_is_compared_for_equality_only() {
    let problem = assert_problem(&list("exchange.gte=N").await, 400, "unknown_parameter");
    assert!(problem["detail"].as_str().unwrap().contains("exchange= only"), "{problem}");
    assert_problem(&list("active=yes").await, 400, "validation_failed");
    assert_problem(&list("exchange=%00").await, 400, "validation_failed");
}

#[tokio::test]
async fn a_search_is_one_page_of_the_best_matches() {
    let mut event = event_json("list-stocks.search");
    let reply = search(&event).await;
    assert_eq!(symbols(&reply), ["AAPL"]);
    assert!(reply.json()["next"].is_null());
    event["rawQueryString"] = "q=MS&limit=1".into();
    assert_eq!(symbols(&search(&event).await), ["MSFT"]);
}

#[tokio::test]
async fn a_search_is_not_sorted_or_continued_and_not_empty() {
    let problem = assert_problem(&list("q=app&sort=name").await, 400, "validation_failed");
    assert_eq!(problem["errors"][0]["code"], "not_combinable");
    let problem = assert_problem(&list("q=").await, 400, "validation_failed");
    assert_eq!(problem["errors"][0]["field"], "q");
}

#[tokio::test]
async fn a_parameter_nobody_knows_is_refused_by_name() {
    let problem = assert_problem(&list("color=red").await, 400, "unknown_parameter");
    assert_eq!(problem["errors"][0]["field"], "color");
    assert!(problem["detail"].as_str().unwrap().contains("limit, cursor"), "{problem}");
}

mod on_the_stack {
    use support::stack::Stack;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
    };

    use super::*;

    /// The answer to an address that HTTP libraries would not send.
    async fn asked(stack: &Stack, address: &str) -> String {
        let host = stack.get("base_url").trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).await.unwrap();
        let request =
            format!("GET {address} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn an_address_that_is_none_is_taken_as_it_was_meant() {
        let stack = Stack::running();
        let found = asked(&stack, "/v1/stocks?q=\"apple\"").await;
        assert!(found.starts_with("HTTP/1.1 200") && found.contains("\"AAPL\""), "{found}");
        for address in ["/v1/stocks/A<", "/v1/stocks?q=a&name=<b>", "/v1/metrics?symbols=AAPL<"] {
            let refused = asked(&stack, address).await;
            assert!(
                refused.starts_with("HTTP/1.1 400") && refused.contains("application/problem+json"),
                "{refused}"
            );
        }
    }

    #[tokio::test]
    async fn following_next_meets_every_stock_once_in_order() {
        let stack = Stack::running();
        let (mut met, mut path) = (Vec::new(), "/v1/stocks?limit=3".to_owned());
        loop {
            let page = stack.get_json(&path, None).await;
            met.extend(symbols(&page));
            let Some(next) = page.json()["next"].as_str().map(str::to_owned) else { break };
            path = format!("/v1/stocks?limit=3&cursor={next}");
        }
        // Other tests add stocks meanwhile, so the whole set is not known.
        assert!(met.is_sorted_by(|one, next| one < next), "{met:?}");
        assert!(
            ["AAPL", "IBM", "MSFT", "SPX"].iter().all(|symbol| met.iter().any(|one| one == symbol)),
            "{met:?}"
        );
    }
    #[tokio::test]
    async fn a_search_finds_symbols_and_names_by_their_beginning_and_in_spite_of_a_slip() {
        let stack = Stack::running();
        for (query, best) in [
            ("aap", "AAPL"),
            ("apple", "AAPL"),
            ("aple", "AAPL"),
            ("machines", "IBM"),
            ("MSFT", "MSFT"),
        ] {
            let reply = stack.get_json(&format!("/v1/stocks?q={query}"), None).await;
            assert_eq!(
                symbols(&reply).first().map(String::as_str),
                Some(best),
                "{query}: {}",
                reply.json()
            );
        }
        let none = stack.get_json("/v1/stocks?q=%25_%5C%27)%2C(", None).await;
        assert_eq!(symbols(&none), [""; 0]);
    }
}
