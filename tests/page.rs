//! Pager and limits of lists.

mod walk;

use market::fakes::MemoryMarkets;
use shared::list::Limit;
use support::{
    Response,
    app::{App, pager_with},
    assert_problem,
};

const OLD: &str = "0123456789abcdef0123456789abcdef";
const NEW: &str = "fedcba9876543210fedcba9876543210";

async fn list(secrets: &[&str], query: &str) -> Response {
    let markets = MemoryMarkets::with(&["AAPL", "IBM", "MSFT"]);
    App::paged(markets, pager_with(secrets)).get(&format!("/v1/stocks?{query}")).await
}

async fn cursor(secrets: &[&str]) -> String {
    list(secrets, "limit=1").await.next()
}

#[tokio::test]
async fn a_cursor_changed_at_any_place_is_rejected() {
    let cursor = cursor(&[OLD]).await;
    // The last character has unused bits; it may not be changed either.
    for place in 0..cursor.len() {
        let mut changed = cursor.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert_problem(&list(&[OLD], &format!("cursor={changed}")).await, 400, "invalid_cursor");
    }
}

#[tokio::test]
async fn text_that_was_never_a_cursor_is_rejected() {
    for text in ["AAPL", "AAAA", "%00", "!!!!", "AAAAAAAAAAAAAAAAAAAAACJBQVBMIg"] {
        assert_problem(&list(&[OLD], &format!("cursor={text}")).await, 400, "invalid_cursor");
    }
}

#[tokio::test]
async fn a_cursor_outlives_the_rotation_of_its_secret_and_not_its_removal() {
    let cursor = cursor(&[OLD]).await;
    let query = format!("cursor={cursor}");
    assert_eq!(list(&[NEW, OLD], &query).await.json()["items"][0]["symbol"], "IBM");
    assert_problem(&list(&[NEW], &query).await, 400, "invalid_cursor");
}

#[test]
fn a_limit_is_1_to_200_and_more_is_200() {
    let long = "1".repeat(400);
    assert_eq!([read("99999999999999999999"), read(&long)], [Some(200), Some(200)]);
    assert_eq!([read("000"), read("+1"), read("0007")], [None, None, Some(7)]);
    assert_eq!(
        [read("1"), read("200"), read("201"), read("70000")],
        [Some(1), Some(200), Some(200), Some(200)]
    );
    assert_eq!([read("0"), read("-1"), read("1.5"), read(" 1"), read("")], [None; 5]);
}

fn read(text: &str) -> Option<usize> {
    text.parse::<Limit>().map(Limit::get).ok()
}
