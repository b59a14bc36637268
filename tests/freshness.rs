//! What answers say of their age, who may keep them, and how they are packed.

use std::{io::Read, path::PathBuf, process::Stdio};

use serde_json::{Value, json};
use support::{
    Response, assert_problem, event_json,
    runtime_api::{Launch, Sandbox},
    stack::Stack,
};

use crate::cache::store::{Store, get, get_symbol, keep, pass};

fn unpacked(body: &[u8]) -> String {
    let mut text = String::new();
    flate2::read::GzDecoder::new(body).read_to_string(&mut text).unwrap();
    text
}

#[tokio::test]
async fn the_tag_is_of_the_content_and_not_of_its_age() {
    let mut store = Store::start().await;
    let markets = store.markets(keep(), None);
    let first = get(&markets, &[]).await;
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");
    pass(30);
    let later = get(&markets, &[]).await;
    assert_eq!((later.header("etag"), later.header("age")), (tag.as_str(), "30"));
    store.goes_down().await;
    pass(60);
    assert_ne!(get(&markets, &[]).await.header("etag"), tag, "that it is stale is news");
}

#[tokio::test]
async fn whoever_has_it_already_gets_a_304_without_a_body() {
    let store = Store::start().await;
    let markets = store.markets(keep(), None);
    let tag = get(&markets, &[]).await.header("etag").to_owned();
    pass(10);
    let known = get(&markets, &[("if-none-match", &format!("\"other\", {tag}")), ("accept-encoding", "gzip")]).await;
    assert_eq!((known.status, known.body.len(), known.header("etag")), (304, 0, tag.as_str()));
    let headers = ["age", "vary", "content-encoding", "content-type", "cache-control"].map(|name| known.header(name));
    let kept_by_all = "public, max-age=60, stale-while-revalidate=300, stale-if-error=86400";
    assert_eq!(headers, ["10", "Accept-Encoding", "", "", kept_by_all]);
    assert_eq!(get(&markets, &[("if-none-match", "W/\"other\"")]).await.status, 200);
}

#[tokio::test]
async fn a_long_text_is_packed_for_whoever_takes_that() {
    let store = Store::start().await;
    let markets = store.markets(keep(), None);
    let plain = get(&markets, &[]).await;
    assert_eq!((plain.header("content-encoding"), plain.header("vary")), ("", "Accept-Encoding"));
    let packed = get(&markets, &[("accept-encoding", "br;q=1.0, gzip;q=0.8, *;q=0.1")]).await;
    assert_eq!((packed.header("content-encoding"), packed.header("vary")), ("gzip", "Accept-Encoding"));
    assert_eq!(unpacked(&packed.body).as_bytes(), plain.body);
    assert!(packed.body.len() < plain.body.len() / 2);
    assert_eq!(packed.header("etag"), plain.header("etag"));
    let refused = get(&markets, &[("accept-encoding", "gzip;q=0, identity")]).await;
    assert_eq!((refused.header("content-encoding"), &refused.body), ("", &plain.body));
}

#[tokio::test]
async fn a_short_text_is_sent_as_it_is() {
    let mut store = Store::start().await;
    store.goes_down().await;
    let problem = get(&store.markets(keep(), None), &[("accept-encoding", "gzip")]).await;
    assert_problem(&problem, 503, "upstream_unavailable");
    assert_eq!(problem.header("content-encoding"), "");
}

#[tokio::test]
async fn two_stocks_do_not_share_an_answer() {
    let store = Store::start().await;
    let markets = store.markets(keep(), None);
    get_symbol(&markets, "AAPL").await;
    get_symbol(&markets, "IBM").await;
    let heads = store.heads();
    assert!(heads[0].contains("symbol=eq.aapl") && heads[1].contains("symbol=eq.ibm"), "{heads:?}");
}

/// `target/debug`, next to the folder of this test.
fn programs() -> PathBuf {
    std::env::current_exe().unwrap().parent().and_then(|deps| deps.parent()).unwrap().to_owned()
}

#[tokio::test]
async fn a_packed_body_passes_the_gateway_as_base64() {
    use base64::{Engine, prelude::BASE64_STANDARD};
    let store = Store::start().await;
    let env = [
        ("SUPABASE_URL", "http://localhost:1"),
        ("SUPABASE_READ_URL", &store.url),
        ("SUPABASE_PUBLISHABLE_KEY", "key"),
    ];
    let env = env.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let launch = Launch { bootstrap: programs().join("get-metrics"), env, logs: Stdio::null };
    let sandbox = Sandbox::start(&launch).await.unwrap();
    let mut event = event_json("get-metrics");
    event["headers"]["accept-encoding"] = json!("gzip");
    let answer = sandbox.invoke(&event).await.unwrap();
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    assert_eq!((&answer["statusCode"], &answer["isBase64Encoded"]), (&json!(200), &json!(true)), "{answer}");
    let body = unpacked(&BASE64_STANDARD.decode(answer["body"].as_str().unwrap()).unwrap());
    assert_eq!(serde_json::from_str::<Value>(&body).unwrap()["symbol"], "AAPL");
    assert_eq!(store.asked(), 1, "market data comes from the read address");
}

mod on_the_stack {
    use super::*;

    fn id(reply: &Response) -> String {
        reply.json()["id"].as_str().unwrap_or_else(|| panic!("{reply:?}")).to_owned()
    }

    #[tokio::test]
    async fn no_row_of_one_user_reaches_another_through_a_cache() {
        let stack = Stack::running();
        let users = [stack.sign_up().await, stack.sign_up().await];
        let mut own = Vec::new();
        for user in &users {
            let created = stack.post_json("/v1/analyses", Some(&user.token), &json!({ "symbol": "AAPL" })).await;
            own.push(format!("/v1/analyses/{}", id(&created)));
        }
        // In turn and twice, so that whatever a function kept of one is there when the other asks.
        for (reader, path) in [(0, 0), (1, 0), (0, 1), (1, 1), (1, 0), (0, 0)] {
            let reply = stack.get_json(&own[path], Some(&users[reader].token)).await;
            if reader == path {
                assert_eq!((reply.status, own[path].ends_with(&id(&reply))), (200, true));
                assert_eq!(reply.header("cache-control"), "private, no-store");
                assert!(reply.header("vary").contains("Authorization"), "{reply:?}");
                assert_eq!(reply.header("age"), "");
            } else {
                assert_problem(&reply, 404, "analysis_not_found");
            }
            assert_problem(&stack.get_json(&own[path], None).await, 401, "unauthenticated");
        }
        for path in
            ["/v1/stocks", "/v1/stocks/AAPL", "/v1/stocks/AAPL/metrics", "/v1/metrics", "/v1/stocks/AAPL/history"]
        {
            for token in [Some(&users[0].token), None, Some(&users[1].token)] {
                let text = String::from_utf8(stack.get_json(path, token.map(String::as_str)).await.body).unwrap();
                let owned = [&users[0].id, &users[1].id].into_iter().find(|user| text.contains(user.as_str()));
                assert_eq!(owned, None, "{path}");
            }
        }
    }
}
