//! HEAD, on every route that has a GET: the same headers without the body.

use market::fakes::MemoryMarkets;
use support::{Response, app::App, assert_problem, stack::Stack, template};

const PATHS: [&str; 8] = [
    "/v1/stocks",
    "/v1/stocks/AAPL",
    "/v1/stocks/AAPL/metrics",
    "/v1/stocks/AAPL/history?format=csv",
    "/v1/stocks/AAPL/chart.svg",
    "/v1/stocks/AAPL/chart.png",
    "/v1/metrics?limit=1",
    "/v1/metrics/definitions",
];

fn app() -> App {
    App::with(MemoryMarkets::with_january())
}

/// The headers as sorted lines, without those that the connection adds.
fn headers(response: &Response) -> Vec<String> {
    const OTHERS: [&str; 6] =
        ["apigw-requestid", "content-length", "date", "x-request-id", "age", "connection"];
    let all = response.headers.iter().filter(|(name, _)| !OTHERS.contains(&name.as_str()));
    let mut lines: Vec<_> = all.map(|(name, value)| format!("{name}: {value:?}")).collect();
    lines.sort();
    lines
}

#[tokio::test]
async fn a_head_has_the_headers_of_the_get_and_the_length_of_its_body() {
    for path in PATHS {
        for encoding in ["identity", "gzip"] {
            let sent = [("accept-encoding", encoding)];
            let (get, head) = (app().get_with(path, &sent).await, app().head(path, &sent).await);
            assert_eq!((head.status, head.body.len()), (get.status, 0), "{path}");
            assert_eq!(headers(&head), headers(&get), "{path}");
            assert_eq!(head.header("content-length"), get.body.len().to_string(), "{path}");
        }
    }
}

#[tokio::test]
async fn a_head_of_a_known_tag_is_a_304() {
    let get = app().get("/v1/stocks/AAPL").await;
    let known = [("if-none-match", get.header("etag"))];
    let head = app().head("/v1/stocks/AAPL", &known).await;
    assert_eq!((head.status, head.header("etag")), (304, get.header("etag")));
    assert_eq!(head.header("content-length"), "");
}

#[tokio::test]
async fn a_head_that_fails_has_the_headers_of_the_problem() {
    let path = "/v1/stocks/NOPE/metrics";
    let (get, head) = (app().get(path).await, app().head(path, &[]).await);
    assert_problem(&get, 404, "stock_not_found");
    assert_eq!((head.status, head.body.len()), (404, 0));
    assert_eq!(headers(&head), headers(&get));
}

mod on_the_stack {
    use super::*;

    #[tokio::test]
    async fn every_get_has_a_head() {
        let stack = Stack::running();
        let routes = template::functions().into_iter().flat_map(|function| function.routes());
        let paths = routes.flatten().filter(|(method, _)| method == "GET").map(|(_, path)| path);
        for path in paths {
            let path = path
                .replace("{symbol}", "AAPL")
                .replace("{page}", "paging")
                .replace("{code}", "stock_not_found");
            let get = stack.send("GET", &path, &[], "").await;
            let head = stack.send("HEAD", &path, &[], "").await;
            assert_eq!((head.status, head.body.len()), (get.status, 0), "{path}");
            assert_eq!(headers(&head), headers(&get), "{path}");
        }
    }

    #[tokio::test]
    async fn a_path_without_a_get_has_no_head() {
        let head = Stack::running().send("HEAD", "/v1/analyses", &[], "").await;
        assert_eq!((head.status, head.body.len(), head.header("allow")), (405, 0, "POST"));
    }
}
