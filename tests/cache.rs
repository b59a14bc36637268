//! Market data through the cache of a sandbox, from a PostgREST that is played here.

#[cfg(feature = "redis")]
mod redis;
pub(crate) mod store;

use http::HeaderValue;
use market::Markets;
use shared::store::CachePolicy;
use store::{IMPATIENT, Mood, Store, age, get, get_symbol, pass, policy};
use support::assert_problem;

const DAY: i64 = 24 * 60 * 60;

#[tokio::test]
async fn for_a_minute_the_store_is_not_asked_again_and_the_answer_says_how_old_it_is() {
    let store = Store::start().await;
    let markets = store.markets(policy(), None);
    assert_eq!(age(&get(&markets, &[]).await), (false, ""), "read just now");
    pass(59);
    assert_eq!((age(&get(&markets, &[]).await), store.asked()), ((false, "59"), 1));
    pass(1);
    assert_eq!((age(&get(&markets, &[]).await), store.asked()), ((false, ""), 2));
}

#[tokio::test]
async fn many_callers_at_once_ask_the_store_once() {
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
    assert_eq!(store.asked(), 1);
}

#[tokio::test]
async fn many_callers_of_a_store_that_is_down_all_get_the_same_problem() {
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
    store.becomes(Mood::Unreached);
    assert_problem(&get(&markets, &[]).await, 503, "upstream_unavailable");
    store.becomes(Mood::Answers);
    assert_eq!(age(&get(&markets, &[]).await), (false, ""));
    store.becomes(Mood::Unreached);
    pass(90);
    assert_eq!(age(&get(&markets, &[]).await), (true, "90"));
}

#[tokio::test]
async fn while_the_store_is_down_the_answer_is_stale_and_says_so_for_a_day() {
    let mut store = Store::start().await;
    let markets = store.markets(policy(), None);
    let fresh = get(&markets, &[]).await;
    store.goes_down().await;
    pass(90);
    let stale = get(&markets, &[]).await;
    assert_eq!(age(&stale), (true, "90"));
    assert_eq!(stale.json()["rsi_14"], fresh.json()["rsi_14"]);
    pass(DAY - 91);
    assert_eq!(age(&get(&markets, &[]).await), (true, "86399"));
    pass(1);
    assert_problem(&get(&markets, &[]).await, 503, "upstream_unavailable");
}

/// A store that hangs since it was read a minute ago.
async fn hanging() -> (Store, Markets) {
    let store = Store::start().await;
    let markets = store.markets(CachePolicy { revalidation_timeout: IMPATIENT, ..policy() }, None);
    get(&markets, &[]).await;
    store.becomes(Mood::Hangs);
    pass(60);
    (store, markets)
}

#[tokio::test]
async fn a_store_that_hangs_is_not_waited_for_when_there_is_a_stale_answer() {
    let (_store, markets) = hanging().await;
    assert_eq!(age(&get(&markets, &[]).await), (true, "60"));
}

#[tokio::test]
async fn a_store_that_failed_is_left_alone_for_a_moment() {
    let (store, markets) = hanging().await;
    assert_eq!(age(&get(&markets, &[]).await), (true, "60"));
    let asked = store.asked();
    pass(4);
    assert_eq!((age(&get(&markets, &[]).await), store.asked()), ((true, "64"), asked));
}

#[tokio::test]
async fn a_stock_that_is_not_there_may_come_at_any_moment() {
    let store = Store::start().await;
    let markets = store.markets(policy(), None);
    store.becomes(Mood::FindsNothing);
    assert_problem(&get(&markets, &[]).await, 404, "stock_not_found");
    store.becomes(Mood::Answers);
    assert_eq!(age(&get(&markets, &[]).await), (false, ""));
}

#[tokio::test]
async fn no_more_is_kept_than_there_is_room_for() {
    let store = Store::start().await;
    let markets = store.markets(CachePolicy { bytes: 4096, ..policy() }, None);
    let symbols = ["A", "B", "C", "D", "E", "F", "G", "H"];
    for symbol in symbols.iter().chain(&symbols) {
        assert_eq!(get_symbol(&markets, symbol).await.status, 200);
    }
    // Two of them fit, three at the most.
    assert!(store.asked() >= symbols.len() + 5, "{}", store.asked());
}

#[tokio::test]
async fn nothing_of_the_caller_reaches_the_store() {
    let store = Store::start().await;
    let markets = store.markets(policy(), None);
    let headers = [("authorization", "Bearer someones.own.token"), ("cookie", "session=1")];
    assert_eq!(get(&markets, &headers).await.status, 200);
    let heads = store.heads();
    assert!(heads[0].contains("apikey: sb_publishable_test"), "{heads:?}");
    assert!(!heads[0].contains("authorization") && !heads[0].contains("cookie"), "{heads:?}");
}
