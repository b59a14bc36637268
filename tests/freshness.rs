//! What answers say of their age, who may keep them, and how they are packed.

use std::{io::Read, path::PathBuf, process::Stdio};

use serde_json::{Value, json};
use support::{
    assert_problem, event_json,
    runtime_api::{Launch, Sandbox},
    stack::Stack,
};

use crate::cache::store::{Store, get, get_symbol, pass, policy};

fn unpacked(body: &[u8]) -> String {
    let mut text = String::new();
    flate2::read::GzDecoder::new(body).read_to_string(&mut text).unwrap();
    text
}

#[tokio::test]
async fn the_tag_is_of_the_content_and_not_of_its_age() {
    let mut store = Store::start().await;
    let markets = store.markets(policy(), None);
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
    let markets = store.markets(policy(), None);
    let tag = get(&markets, &[]).await.header("etag").to_owned();
    pass(10);
    let known = get(
        &markets,
        &[("if-none-match", &format!("\"other\", {tag}")), ("accept-encoding", "gzip")],
    )
    .await;
    assert_eq!((known.status, known.body.len(), known.header("etag")), (304, 0, tag.as_str()));
    let headers = ["age", "vary", "content-encoding", "content-type", "cache-control"]
        .map(|name| known.header(name));
    let kept_by_all = "public, max-age=60, stale-while-revalidate=300, stale-if-error=86400";
    assert_eq!(headers, ["10", "Accept-Encoding", "", "application/json", kept_by_all]);
    assert_eq!(get(&markets, &[("if-none-match", "W/\"other\"")]).await.status, 200);
}

#[tokio::test]
async fn a_long_text_is_packed_for_whoever_takes_that() {
    let store = Store::start().await;
    let markets = store.markets(policy(), None);
    let plain = get(&markets, &[]).await;
    assert_eq!((plain.header("content-encoding"), plain.header("vary")), ("", "Accept-Encoding"));
    let packed = get(&markets, &[("accept-encoding", "br;q=1.0, gzip;q=0.8, *;q=0.1")]).await;
    assert_eq!(
        (packed.header("content-encoding"), packed.header("vary")),
        ("gzip", "Accept-Encoding")
    );
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
    let problem = get(&store.markets(policy(), None), &[("accept-encoding", "gzip")]).await;
    assert_problem(&problem, 503, "upstream_unavailable");
    assert_eq!(problem.header("content-encoding"), "");
}

#[tokio::test]
async fn two_stocks_do_not_share_an_answer() {
    let store = Store::start().await;
    let markets = store.markets(policy(), None);
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
    assert_eq!(
        (&answer["statusCode"], &answer["isBase64Encoded"]),
        (&json!(200), &json!(true)),
        "{answer}"
    );
    let body = unpacked(&BASE64_STANDARD.decode(answer["body"].as_str().unwrap()).unwrap());
    assert_eq!(serde_json::from_str::<Value>(&body).unwrap()["symbol"], "AAPL");
    assert_eq!(store.asked(), 1, "market data comes from the read address");
}

mod on_the_stack {
    use support::{stack::User, template};

    use super::*;

    /// A function as it was built, with a cache, which those of the stack have not.
    async fn with_a_cache(stack: &Stack, function: &str) -> Sandbox {
        let env = [
            ("SUPABASE_URL", stack.get("base_url").to_owned()),
            ("SUPABASE_PUBLISHABLE_KEY", stack.get("publishable_key").to_owned()),
            ("SUPABASE_SECRET_KEY", stack.get("secret_key").to_owned()),
            ("SIGNING_KEYS", stack.about["signing_keys"][0].as_str().unwrap().to_owned()),
            ("ANALYSES_QUEUE_URL", "http://127.0.0.1:1".to_owned()),
            ("CACHE_SECONDS", "60".to_owned()),
        ];
        let env = env.map(|(name, value)| (name.to_owned(), value)).to_vec();
        Sandbox::start(&Launch { bootstrap: programs().join(function), env, logs: Stdio::null })
            .await
            .unwrap()
    }

    async fn asked(sandbox: &Sandbox, event: &Value, user: Option<&User>) -> Value {
        let mut event = event.clone();
        match user {
            Some(user) => {
                event["headers"]["authorization"] = json!(format!("Bearer {}", user.token))
            }
            None => _ = event["headers"].as_object_mut().unwrap().remove("authorization"),
        }
        serde_json::from_slice(&sandbox.invoke(&event).await.unwrap()).unwrap()
    }

    #[tokio::test]
    async fn no_analysis_of_one_user_reaches_another() {
        let stack = Stack::running();
        let users = [stack.sign_up().await, stack.sign_up().await];
        let mut own = Vec::new();
        for user in &users {
            let created = stack
                .post_json("/v1/analyses", Some(&user.token), &json!({ "symbol": "AAPL" }))
                .await;
            own.push(
                created.json()["id"].as_str().unwrap_or_else(|| panic!("{created:?}")).to_owned(),
            );
        }
        let function = with_a_cache(&stack, "get-analysis").await;
        let mut event = event_json("get-analysis");
        // In turn and twice, so that whatever a function kept of one is there when the other asks.
        for (reader, owner) in [(0, 0), (1, 0), (0, 1), (1, 1), (1, 0), (0, 0)] {
            let id = &own[owner];
            event["rawPath"] = json!(format!("/v1/analyses/{id}"));
            event["pathParameters"]["id"] = json!(id);
            let answer = asked(&function, &event, Some(&users[reader])).await;
            let (status, body) = (&answer["statusCode"], answer["body"].as_str().unwrap());
            if reader == owner {
                assert_eq!((status, body.contains(id.as_str())), (&json!(200), true), "{answer}");
                assert_eq!(answer["headers"]["cache-control"], "private, no-store");
                assert!(
                    answer["headers"]["vary"].as_str().unwrap().contains("Authorization"),
                    "{answer}"
                );
                assert_eq!(answer["headers"]["age"], Value::Null);
            } else {
                assert_eq!(
                    (status, body.contains("analysis_not_found")),
                    (&json!(404), true),
                    "{answer}"
                );
            }
            assert_eq!(asked(&function, &event, None).await["statusCode"], 401);
        }
    }

    #[tokio::test]
    async fn what_comes_from_a_cache_says_nothing_of_those_who_asked() {
        let stack = Stack::running();
        let users = [stack.sign_up().await, stack.sign_up().await];
        let functions = template::functions();
        let cached =
            functions.iter().filter(|function| function.variables().contains("CACHE_SECONDS"));
        let mut kept = Vec::new();
        for name in cached.map(template::Function::folder) {
            let (function, event) = (with_a_cache(&stack, &name).await, event_json(&name));
            let mut bodies = Vec::new();
            for user in [Some(&users[0]), None, Some(&users[1])] {
                let answer = asked(&function, &event, user).await;
                assert_eq!(answer["statusCode"], 200, "{name}: {answer}");
                let text = answer.to_string();
                assert!(
                    !users.iter().any(|user| text.contains(&user.id) || text.contains(&user.token)),
                    "{name}: {text}"
                );
                bodies.push(answer["body"].clone());
                if answer["headers"]["age"].is_string() {
                    kept.push(name.clone());
                }
            }
            assert!(bodies.iter().all(|body| *body == bodies[0]), "{name}: {bodies:?}");
        }
        kept.dedup();
        let reads = [
            "get-chart",
            "get-metric-history",
            "get-metrics",
            "get-stock",
            "list-metrics",
            "list-stocks",
        ];
        kept.sort_unstable();
        assert_eq!(kept, reads, "some function answers without its cache");
    }
}
