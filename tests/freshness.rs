//! The age, caching and compression of responses.

use std::{io::Read, path::PathBuf, process::Stdio};

use serde_json::{Value, json};
use support::{
    assert_problem, event_json,
    runtime_api::{Launch, Sandbox},
    stack::Stack,
};

use crate::cache::store::{Store, get, get_symbol, pass, policy};

fn decompressed(body: &[u8]) -> String {
    let mut text = String::new();
    flate2::read::GzDecoder::new(body).read_to_string(&mut text).unwrap();
    text
}

#[tokio::test]
async fn the_etag_depends_on_the_content_and_not_on_its_age() {
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
    assert_ne!(
        get(&markets, &[]).await.header("etag"),
        tag,
        "a stale entry is another representation"
    );
}

#[tokio::test]
async fn a_matching_etag_is_a_304_without_a_body() {
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
    let public = "public, max-age=60, stale-while-revalidate=300, stale-if-error=86400";
    assert_eq!(headers, ["10", "Accept-Encoding", "", "application/json", public]);
    assert_eq!(get(&markets, &[("if-none-match", "W/\"other\"")]).await.status, 200);
}

#[tokio::test]
async fn a_long_body_is_compressed_for_a_client_that_accepts_gzip() {
    let store = Store::start().await;
    let markets = store.markets(policy(), None);
    let plain = get(&markets, &[]).await;
    assert_eq!((plain.header("content-encoding"), plain.header("vary")), ("", "Accept-Encoding"));
    let compressed = get(&markets, &[("accept-encoding", "br;q=1.0, gzip;q=0.8, *;q=0.1")]).await;
    assert_eq!(
        (compressed.header("content-encoding"), compressed.header("vary")),
        ("gzip", "Accept-Encoding")
    );
    assert_eq!(decompressed(&compressed.body).as_bytes(), plain.body);
    assert!(compressed.body.len() < plain.body.len() / 2);
    assert_eq!(compressed.header("etag"), plain.header("etag"));
    let refused = get(&markets, &[("accept-encoding", "gzip;q=0, identity")]).await;
    assert_eq!((refused.header("content-encoding"), &refused.body), ("", &plain.body));
}

#[tokio::test]
async fn a_short_body_is_not_compressed() {
    let mut store = Store::start().await;
    store.goes_down().await;
    let problem = get(&store.markets(policy(), None), &[("accept-encoding", "gzip")]).await;
    assert_problem(&problem, 503, "upstream_unavailable");
    assert_eq!(problem.header("content-encoding"), "");
}

#[tokio::test]
async fn two_stocks_do_not_share_a_cache_entry() {
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
async fn a_compressed_body_passes_the_gateway_as_base64() {
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
    let reply = sandbox.invoke(&event).await.unwrap();
    let reply: Value = serde_json::from_slice(&reply).unwrap();
    assert_eq!(
        (&reply["statusCode"], &reply["isBase64Encoded"]),
        (&json!(200), &json!(true)),
        "{reply}"
    );
    let body = decompressed(&BASE64_STANDARD.decode(reply["body"].as_str().unwrap()).unwrap());
    assert_eq!(serde_json::from_str::<Value>(&body).unwrap()["symbol"], "AAPL");
    assert_eq!(store.requests(), 1, "market data comes from the read address");
}

mod on_the_stack {
    use support::{stack::User, template};

    use super::*;

    /// A built function with a cache; those of the stack have none.
    async fn with_a_cache(stack: &Stack, function: &str) -> Sandbox {
        let env = [
            ("SUPABASE_URL", stack.get("base_url").to_owned()),
            ("SUPABASE_PUBLISHABLE_KEY", stack.get("publishable_key").to_owned()),
            ("SUPABASE_SECRET_KEY", stack.get("secret_key").to_owned()),
            ("SIGNING_KEYS", stack.about["signing_keys"][0].as_str().unwrap().to_owned()),
            ("ANALYSES_PER_DAY", "100".to_owned()),
            ("ANALYSES_QUEUE_URL", "http://127.0.0.1:1".to_owned()),
            ("CACHE_SECONDS", "60".to_owned()),
        ];
        let env = env.map(|(name, value)| (name.to_owned(), value)).to_vec();
        Sandbox::start(&Launch { bootstrap: programs().join(function), env, logs: Stdio::null })
            .await
            .unwrap()
    }

    async fn invoked(sandbox: &Sandbox, event: &Value, user: Option<&User>) -> Value {
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
        // In turn and twice, so that a response cached for one user would reach the other.
        for (reader, owner) in [(0, 0), (1, 0), (0, 1), (1, 1), (1, 0), (0, 0)] {
            let id = &own[owner];
            event["rawPath"] = json!(format!("/v1/analyses/{id}"));
            event["pathParameters"]["id"] = json!(id);
            let reply = invoked(&function, &event, Some(&users[reader])).await;
            let (status, body) = (&reply["statusCode"], reply["body"].as_str().unwrap());
            if reader == owner {
                assert_eq!((status, body.contains(id.as_str())), (&json!(200), true), "{reply}");
                assert_eq!(reply["headers"]["cache-control"], "private, no-store");
                assert!(
                    reply["headers"]["vary"].as_str().unwrap().contains("Authorization"),
                    "{reply}"
                );
                assert_eq!(reply["headers"]["age"], Value::Null);
            } else {
                assert_eq!(
                    (status, body.contains("analysis_not_found")),
                    (&json!(404), true),
                    "{reply}"
                );
            }
            assert_eq!(invoked(&function, &event, None).await["statusCode"], 401);
        }
    }

    #[tokio::test]
    async fn a_cached_response_does_not_depend_on_the_user() {
        let stack = Stack::running();
        let users = [stack.sign_up().await, stack.sign_up().await];
        let functions = template::functions();
        let mut cached = Vec::new();
        for function in &functions {
            if !function.variables().contains("CACHE_SECONDS") {
                continue;
            }
            let name = function.folder();
            let (function, event) = (with_a_cache(&stack, &name).await, event_json(&name));
            let mut bodies = Vec::new();
            for user in [Some(&users[0]), None, Some(&users[1])] {
                let reply = invoked(&function, &event, user).await;
                assert_eq!(reply["statusCode"], 200, "{name}: {reply}");
                let text = reply.to_string();
                assert!(
                    !users.iter().any(|user| text.contains(&user.id) || text.contains(&user.token)),
                    "{name}: {text}"
                );
                bodies.push(reply["body"].clone());
                if reply["headers"]["age"].is_string() {
                    cached.push(name.clone());
                }
            }
            assert!(bodies.iter().all(|body| *body == bodies[0]), "{name}: {bodies:?}");
        }
        cached.dedup();
        let reads = [
            "get-chart",
            "get-metric-history",
            "get-metrics",
            "get-stock",
            "list-metrics",
            "list-stocks",
        ];
        cached.sort_unstable();
        assert_eq!(cached, reads, "a function responds without its cache");
    }
}
