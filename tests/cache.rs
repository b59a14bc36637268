//! Market data through the cache of a sandbox, from a fake PostgREST.

#[cfg(feature = "redis")]
mod redis;
pub(crate) mod store;

use http::HeaderValue;
use market::{CachePolicy, Markets};
use store::{IMPATIENT, Mood, Store, age, get, get_symbol, pass, policy};
use support::assert_problem;

const DAY: i64 = 24 * 60 * 60;

#[tokio::test]
async fn an_entry_is_served_from_the_cache_with_its_age_for_a_minute() {
    let store = Store::start().await;
    let markets = store.markets(policy(), None);
    assert_eq!(age(&get(&markets, &[]).await), (false, ""), "just read");
    pass(59);
    assert_eq!((age(&get(&markets, &[]).await), store.requests()), ((false, "59"), 1));
    pass(1);
    assert_eq!((age(&get(&markets, &[]).await), store.requests()), ((false, ""), 2));
}

#[tokio::test]
async fn concurrent_reads_send_one_request() {
    let store = Store::start().await;
    let markets = store.markets(policy(), None);
    let replies = tokio::join!(
        get(&markets, &[]),
        get(&markets, &[]),
        get(&markets, &[]),
        get(&markets, &[])
    );
    for reply in [replies.0, replies.1, replies.2, replies.3] {
        assert_eq!(age(&reply), (false, ""));
    }
    assert_eq!(store.requests(), 1);
}

#[tokio::test]
async fn concurrent_reads_of_a_store_that_is_down_get_the_same_problem() {
    let mut store = Store::start().await;
    let markets = store.markets(policy(), None);
    store.goes_down().await;
    let replies = tokio::join!(get(&markets, &[]), get(&markets, &[]));
    for reply in [replies.0, replies.1] {
        assert_problem(&reply, 503, "upstream_unavailable");
        assert_eq!(reply.header("retry-after"), "5");
    }
}

#[tokio::test]
async fn a_legacy_key_is_sent_as_a_bearer_too() {
    let store = Store::start().await;
    get(&store.markets(policy(), None), &[]).await;
    let key = HeaderValue::from_static("eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl");
    let markets = store.markets_with(key, policy(), None);
    get(&markets, &[]).await;
    let heads = store.heads();
    assert!(
        heads[0].contains("\napikey: sb_publishable_test\r")
            && !heads[0].contains("\nauthorization:")
    );
    let legacy = "eyjhbgcioijiuzi1nij9.e30.c2lnbmf0dxjl";
    assert!(heads[1].contains(&format!("\napikey: {legacy}\r")), "{}", heads[1]);
    assert!(heads[1].contains(&format!("\nauthorization: bearer {legacy}\r")), "{}", heads[1]);
}

#[tokio::test]
async fn a_store_that_its_proxy_does_not_reach_is_down() {
    let store = Store::start().await;
    let markets = store.markets(policy(), None);
    store.becomes(Mood::ProxyError);
    assert_problem(&get(&markets, &[]).await, 503, "upstream_unavailable");
    store.becomes(Mood::Responds);
    assert_eq!(age(&get(&markets, &[]).await), (false, ""));
    store.becomes(Mood::ProxyError);
    pass(90);
    assert_eq!(age(&get(&markets, &[]).await), (true, "90"));
}

#[tokio::test]
async fn a_stale_entry_is_served_for_a_day_while_the_store_is_down() {
    let mut store = Store::start().await;
    let markets = store.markets(policy(), None);
    let cached = get(&markets, &[]).await;
    store.goes_down().await;
    pass(90);
    let stale = get(&markets, &[]).await;
    assert_eq!(age(&stale), (true, "90"));
    assert_eq!(stale.json()["rsi_14"], cached.json()["rsi_14"]);
    pass(DAY - 91);
    assert_eq!(age(&get(&markets, &[]).await), (true, "86399"));
    pass(1);
    assert_problem(&get(&markets, &[]).await, 503, "upstream_unavailable");
}

/// A store that hangs, and markets with an entry of a minute ago.
async fn hanging() -> (Store, Markets) {
    let store = Store::start().await;
    let markets = store.markets(CachePolicy { revalidation_timeout: IMPATIENT, ..policy() }, None);
    get(&markets, &[]).await;
    store.becomes(Mood::Hangs);
    pass(60);
    (store, markets)
}

#[tokio::test]
async fn a_stale_entry_is_served_when_the_store_times_out() {
    let (_store, markets) = hanging().await;
    assert_eq!(age(&get(&markets, &[]).await), (true, "60"));
}

#[tokio::test]
async fn after_a_failure_stale_entries_are_served_without_a_request() {
    let (store, markets) = hanging().await;
    assert_eq!(age(&get(&markets, &[]).await), (true, "60"));
    let before = store.requests();
    pass(4);
    assert_eq!((age(&get(&markets, &[]).await), store.requests()), ((true, "64"), before));
}

#[tokio::test]
async fn a_request_for_which_the_store_is_busy_is_sent_again() {
    let store = Store::start().await;
    let markets = store.markets(policy(), None);
    store.becomes(Mood::BusyOnce);
    assert_eq!((age(&get(&markets, &[]).await), store.requests()), ((false, ""), 2));
}

#[tokio::test]
async fn a_store_that_stays_busy_is_unavailable_after_three_requests() {
    let store = Store::start().await;
    let markets = store.markets(policy(), None);
    store.becomes(Mood::Busy);
    let reply = get(&markets, &[]).await;
    assert_problem(&reply, 503, "upstream_unavailable");
    assert_eq!((reply.header("retry-after"), store.requests()), ("5", 3));
}

#[tokio::test]
async fn a_stale_entry_is_served_while_the_store_is_busy_but_others_are_requested() {
    let store = Store::start().await;
    let markets = store.markets(policy(), None);
    get(&markets, &[]).await;
    get_symbol(&markets, "IBM").await;
    pass(90);
    store.becomes(Mood::Busy);
    assert_eq!(age(&get(&markets, &[]).await), (true, "90"));
    store.becomes(Mood::Responds);
    assert_eq!(age(&get_symbol(&markets, "IBM").await), (false, ""));
}

#[tokio::test]
async fn a_missing_stock_is_not_cached() {
    let store = Store::start().await;
    let markets = store.markets(policy(), None);
    store.becomes(Mood::FindsNothing);
    assert_problem(&get(&markets, &[]).await, 404, "stock_not_found");
    store.becomes(Mood::Responds);
    assert_eq!(age(&get(&markets, &[]).await), (false, ""));
}

#[tokio::test]
async fn the_cache_does_not_grow_beyond_its_size() {
    let store = Store::start().await;
    let markets = store.markets(CachePolicy { bytes: 4096, ..policy() }, None);
    let symbols = ["A", "B", "C", "D", "E", "F", "G", "H"];
    for symbol in symbols.iter().chain(&symbols) {
        assert_eq!(get_symbol(&markets, symbol).await.status, 200);
    }
    // Two of them fit, three at the most.
    assert!(store.requests() >= symbols.len() + 5, "{}", store.requests());
}

#[tokio::test]
async fn the_callers_credentials_do_not_reach_the_store() {
    let store = Store::start().await;
    let markets = store.markets(policy(), None);
    let headers = [("authorization", "Bearer own.access.token"), ("cookie", "session=1")];
    assert_eq!(get(&markets, &headers).await.status, 200);
    let heads = store.heads();
    assert!(heads[0].contains("apikey: sb_publishable_test"), "{heads:?}");
    assert!(!heads[0].contains("authorization") && !heads[0].contains("cookie"), "{heads:?}");
}
