//! Queue `refreshes` to the stored bars and metrics of a stock.

mod fakes;
mod plan;
mod providers;

use self::fakes::{Applied, Market, MemoryStock};
use jiff::{SignedDuration, Timestamp};
use market::Bars;
use refresh_symbol::{Deps, ports::MarketDataError};
use serde_json::json;
use shared::{
    deadline::Deadline,
    queue::{Delivery, Outcome},
};
use support::event_json;

fn bars(closes: &[u32]) -> Bars {
    let bar = |(index, close): (usize, &u32)| {
        json!({ "day": format!("2024-01-{:02}", index + 1), "open": close, "high": close, "low": close,
            "close": close, "adj_close": close, "volume": 1 })
    };
    let rows: Vec<_> = closes.iter().enumerate().map(bar).collect();
    serde_json::from_str(&json!(rows).to_string()).unwrap()
}

/// A stock at version 4 with these bars.
fn stock(closes: &[u32]) -> MemoryStock {
    let bars = bars(closes);
    let stored = json!({ "version": 4, "active": true, "provider": if closes.is_empty() { None } else { Some("first") },
            "last_day": bars.last_day(), "recent": bars, "beta_from": null });
    MemoryStock {
        stored: serde_json::from_str(&stored.to_string()).unwrap(),
        bars,
        ..MemoryStock::default()
    }
}

async fn worked(stock: &MemoryStock, market: Result<Bars, MarketDataError>) -> Outcome {
    worked_with(stock, Market(market, false)).await
}

async fn worked_with(stock: &MemoryStock, market: Market) -> Outcome {
    let body = event_json("refresh-symbol")["Records"][0]["body"].as_str().unwrap().to_owned();
    let message = serde_json::from_str(&body).unwrap();
    let delivery = Delivery {
        message,
        body,
        received_at: Timestamp::UNIX_EPOCH,
        deadline: Deadline::default(),
    };
    refresh_symbol::handle(&Deps { store: stock.clone(), market }, delivery).await.unwrap()
}

#[track_caller]
fn assert_applied(stock: &MemoryStock, replace: bool, bars: usize, history: usize) {
    let applied = Applied { version: 4, provider: "memory", replace, bars, history };
    assert_eq!(*stock.applied.lock().unwrap(), [applied]);
    assert_eq!(*stock.errors.lock().unwrap(), []);
}

#[track_caller]
fn assert_kept(stock: &MemoryStock, code: &str, detail: &str) {
    assert_eq!(*stock.applied.lock().unwrap(), []);
    assert_eq!(*stock.errors.lock().unwrap(), [(code.to_owned(), detail.to_owned())]);
}

#[tokio::test]
async fn the_first_refresh_stores_the_whole_history() {
    let stock = stock(&[]);
    assert_eq!(worked(&stock, Ok(bars(&[5, 6, 7]))).await, Outcome::Ack);
    assert_applied(&stock, true, 3, 3);
}

#[tokio::test]
async fn a_refresh_without_news_writes_no_rows() {
    let stock = stock(&[5, 6]);
    assert_eq!(worked(&stock, Ok(bars(&[5, 6]))).await, Outcome::Ack);
    assert_applied(&stock, false, 0, 0);
}

#[tokio::test]
async fn a_new_day_is_appended() {
    let stock = stock(&[5, 6]);
    assert_eq!(worked(&stock, Ok(bars(&[5, 6, 7]))).await, Outcome::Ack);
    assert_applied(&stock, false, 1, 1);
}

#[tokio::test]
async fn a_split_makes_everything_be_read_again() {
    let stock = stock(&[10, 12]);
    assert_eq!(worked(&stock, Ok(bars(&[5, 6, 7]))).await, Outcome::Ack);
    assert_applied(&stock, true, 3, 3);
}

#[tokio::test]
async fn a_fault_of_the_provider_is_noted_and_the_data_are_kept() {
    let stock = stock(&[5, 6]);
    assert_eq!(worked(&stock, Err(MarketDataError::UnknownSymbol)).await, Outcome::Ack);
    assert_kept(&stock, "provider_unknown_symbol", "the provider has no such symbol");
}

#[tokio::test]
async fn a_fallback_with_other_prices_does_not_replace_the_history() {
    let stock = stock(&[10, 12]);
    assert_eq!(worked_with(&stock, Market(Ok(bars(&[5, 6, 7])), true)).await, Outcome::Ack);
    let detail =
        "the provider's history conflicts with the stored one: memory answered in place of first";
    assert_kept(&stock, "provider_history_differs", detail);
}

#[tokio::test]
async fn a_fallback_with_the_same_prices_keeps_the_stock_up_to_date() {
    let stock = stock(&[5, 6]);
    assert_eq!(worked_with(&stock, Market(Ok(bars(&[5, 6, 7])), true)).await, Outcome::Ack);
    assert_applied(&stock, false, 1, 1);
}

#[tokio::test]
async fn a_fallback_makes_the_first_history_and_may_replace_its_own() {
    let first = stock(&[]);
    assert_eq!(worked_with(&first, Market(Ok(bars(&[5, 6])), true)).await, Outcome::Ack);
    assert_applied(&first, true, 2, 2);
    let mut own = stock(&[10, 12]);
    own.stored.as_mut().unwrap().provider = Some("memory".to_owned());
    assert_eq!(worked_with(&own, Market(Ok(bars(&[5, 6, 7])), true)).await, Outcome::Ack);
    assert_applied(&own, true, 3, 3);
}

#[tokio::test]
async fn a_history_that_ends_earlier_does_not_replace_the_stored_one() {
    let stock = stock(&[10, 12, 14]);
    assert_eq!(worked(&stock, Ok(bars(&[5, 6]))).await, Outcome::Ack);
    assert_kept(
        &stock,
        "provider_history_differs",
        "the provider's history conflicts with the stored one: it ends before 2024-01-03",
    );
}

#[tokio::test]
async fn bars_that_the_database_refuses_are_noted_and_not_tried_again_at_once() {
    let stock = MemoryStock { refused: Some("day_out_of_range"), ..stock(&[5]) };
    assert_eq!(worked(&stock, Ok(bars(&[5, 6]))).await, Outcome::Ack);
    assert_kept(&stock, "day_out_of_range", "Not these.");
}

#[tokio::test]
async fn a_provider_that_asks_to_wait_is_left_alone_for_so_long() {
    for (retry_after_seconds, seconds) in [(Some(7), 7), (None, 60)] {
        let stock = stock(&[5]);
        let verdict =
            worked(&stock, Err(MarketDataError::RateLimited { retry_after_seconds })).await;
        assert_eq!(verdict, Outcome::RetryAfter(SignedDuration::from_secs(seconds)));
        assert_eq!(*stock.errors.lock().unwrap(), []);
    }
}

#[tokio::test]
async fn a_refresh_that_was_overtaken_comes_again_at_once() {
    let stock = MemoryStock { stale: true, ..stock(&[5]) };
    assert_eq!(worked(&stock, Ok(bars(&[5, 6]))).await, Outcome::RetryAfter(SignedDuration::ZERO));
}

#[tokio::test]
async fn an_unknown_stock_is_done() {
    let stock = MemoryStock::default();
    assert_eq!(worked(&stock, Ok(bars(&[5]))).await, Outcome::Ack);
    assert_eq!(*stock.applied.lock().unwrap(), []);
}

mod on_the_stack {
    use jiff::Timestamp;
    use serde_json::json;
    use shared::webhook::WebhookKeys;
    use support::stack::Stack;

    /// Serves these bars and asks for a refresh as n8n does.
    async fn refresh(stack: &Stack, symbol: &str, csv: &str) {
        let file = format!("{}/bars/{symbol}.csv", stack.get("standin_url"));
        assert_eq!(stack.send("PUT", &file, &[], csv.to_owned()).await.status, 204);
        let keys = WebhookKeys::parse(&[stack.get("webhook_secret").to_owned().into()]).unwrap();
        let body = json!({ "type": "refresh.requested", "symbols": [symbol] }).to_string();
        let (id, now) = (format!("msg_{}", uuid::Uuid::new_v4().simple()), Timestamp::now());
        let (seconds, signature) =
            (now.as_second().to_string(), keys.sign(&id, now, body.as_bytes()).unwrap());
        let headers = [
            ("content-type", "application/json"),
            ("webhook-id", &id),
            ("webhook-timestamp", &seconds),
            ("webhook-signature", &signature),
        ];
        let answer =
            stack.send("POST", "/hooks/receive-refresh-request", &headers, body.clone()).await;
        assert_eq!((answer.status, answer.json()), (202, json!({ "queued": [symbol] })));
    }

    #[tokio::test]
    async fn a_bad_answer_is_told_and_leaves_the_metrics_as_they_were() {
        let stack = Stack::running();
        let symbol = stack.add_stock("RF").await;
        let header = "Date,Open,High,Low,Close,Volume\n";
        refresh(&stack, &symbol, &format!("{header}2024-01-02,1,1,1,1,5\n2024-01-03,2,2,2,2,5\n"))
            .await;
        let (stock, metrics) =
            (format!("/v1/stocks/{symbol}"), format!("/v1/stocks/{symbol}/metrics"));
        let mut before =
            stack.until(&metrics, None, |answer| answer["as_of"] == "2024-01-03").await;
        // Of an answer as a whole, and so not among the metrics inside another one.
        before.as_object_mut().unwrap().remove("stale");
        assert_eq!(before["return_1d"], 1.0);

        refresh(&stack, &symbol, "<html>Too many visitors</html>").await;
        let told = stack.until(&stock, None, |answer| !answer["refresh_error"].is_null()).await;
        assert_eq!(told["refresh_error"]["code"], "provider_answer_malformed", "{told}");
        assert_eq!(told["metrics"], before);
    }
}
