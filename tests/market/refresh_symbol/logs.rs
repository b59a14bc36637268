//! The log line of a refresh.

use aws_lambda_events::sqs::SqsEvent;
use market::fakes::day;
use refresh_symbol::{
    Deps, WORK, handle,
    ports::{MarketData, MarketDataError, Retry},
};
use serde_json::{Value, json};
use shared::{deadline::Deadline, queue::Worker};
use support::{event_json, fakes::queues::MemoryQueue, logs::Logs};

use super::{
    bars, changed,
    fakes::{Market, MemoryStock, SetAside},
    stock,
};

const ID: &str = "00000000-0000-0000-0000-000000000007";

/// The lines of the sample message, as one of a requested refresh.
async fn lines(stock: MemoryStock, market: impl MarketData) -> Vec<Value> {
    let mut event = event_json("refresh-symbol");
    let body = event["Records"][0]["body"].as_str().unwrap();
    let mut message: Value = serde_json::from_str(body).unwrap();
    message["refresh_id"] = json!(ID);
    event["Records"][0]["body"] = json!(message.to_string());
    let batch: SqsEvent = serde_json::from_value(event).unwrap();
    let (deps, logs) = (Deps { store: stock, market }, Logs::collect());
    let worker = Worker::new(WORK, &deps, handle, MemoryQueue::default(), MemoryQueue::default());
    worker.process(batch, "lambda-1", Deadline::default()).await;
    logs.lines()
}

/// Outcome, error code, bars and rejected rows.
async fn ended(stock: MemoryStock, market: impl MarketData) -> Value {
    let mut lines = lines(stock, market).await;
    lines.retain(|line| line["message"] == "the refresh ended");
    let [line] = &lines[..] else { panic!("{lines:?}") };
    assert!(line["refresh.duration_ms"].is_f64(), "{line}");
    json!(
        ["outcome", "error", "bars", "rejected_rows"].map(|name| &line[format!("refresh.{name}")])
    )
}

fn market(closes: &[u32]) -> Market {
    Market(Ok(bars(closes)), false)
}

fn failing(error: MarketDataError) -> Market {
    Market(Err(error), false)
}

#[tokio::test]
async fn every_line_of_a_refresh_has_its_ids() {
    let lines = lines(stock(&[5]), market(&[5, 6])).await;
    assert_eq!(lines.len(), 2, "{lines:?}");
    for line in lines {
        let span = &line["span"];
        let ids = ["refresh.id", "stock.symbol", "lambda.request_id"].map(|name| &span[name]);
        assert_eq!(json!(ids), json!([ID, "AAPL", "lambda-1"]), "{line}");
        assert!(span["message.id"].is_string(), "{line}");
    }
}

#[tokio::test]
async fn a_refresh_logs_its_outcome() {
    let same = ended(stock(&[5, 6]), market(&[5, 6])).await;
    assert_eq!(same, json!(["unchanged", null, 0, 0]));
    let longer = ended(stock(&[5, 6]), market(&[5, 6, 7])).await;
    assert_eq!(longer, json!(["updated", null, 1, 0]));
    let split = ended(stock(&[10, 12]), market(&[5, 6, 7])).await;
    assert_eq!(split, json!(["replaced", null, 3, 0]));
    let bad_row = ended(stock(&[5, 6]), SetAside(bars(&[5, 6, 7]), day("2024-01-04"))).await;
    assert_eq!(bad_row, json!(["updated", null, 1, 1]));
}

#[tokio::test]
async fn a_refresh_that_stores_nothing_logs_why() {
    let refused = MemoryStock { refused: Some("history_shorter"), ..stock(&[5]) };
    let rejected = ended(refused, market(&[5, 6])).await;
    assert_eq!(rejected, json!(["rejected", "history_shorter", null, null]));
    let failed = ended(stock(&[5]), failing(MarketDataError::UnknownSymbol)).await;
    assert_eq!(failed, json!(["failed", "provider_unknown_symbol", null, null]));
    let limited = MarketDataError::RateLimited(Retry::Later);
    let limited = ended(stock(&[5]), failing(limited)).await;
    assert_eq!(limited, json!(["rate_limited", "provider_rate_limited", null, null]));
    let unknown = ended(MemoryStock::default(), market(&[5])).await;
    assert_eq!(unknown, json!(["skipped", "stock_not_found", null, null]));
    let newer = changed(stock(&[5]), |stored| stored.refreshed_at = Some(jiff::Timestamp::MAX));
    assert_eq!(ended(newer, market(&[5, 6])).await, json!(["superseded", null, null, null]));
}
