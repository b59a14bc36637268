//! The schedule that queues refreshes.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use market::Symbol;
use plan_refresh::{ClaimDueStocks, Claimed, Deps};
use serde::Serialize;
use serde_json::{Value, json};
use shared::{
    deadline::Deadline,
    queue::{Publish, QueueError},
    schedule::Run,
    store::StoreError,
};
use support::fakes::queues::MemoryQueue;

const PLANNED_AT: &str = "2026-03-02T09:30:00.123456Z";

/// Stocks that are due at any time, and those that were released.
#[derive(Debug, Clone, Default)]
struct Due {
    symbols: Vec<Symbol>,
    released: Arc<Mutex<Vec<Symbol>>>,
}

impl ClaimDueStocks for Due {
    async fn claim(
        &self,
        interval: SignedDuration,
        limit: u32,
        _: Deadline,
    ) -> Result<Claimed, StoreError> {
        assert_eq!((interval, limit), (SignedDuration::from_hours(20), 1000));
        Ok(Claimed { planned_at: PLANNED_AT.parse().unwrap(), symbols: self.symbols.clone() })
    }

    async fn release(&self, symbols: &[Symbol], _: Deadline) -> Result<(), StoreError> {
        self.released.lock().unwrap().extend(symbols.to_vec());
        Ok(())
    }
}

/// Records the symbols of each call and their delay.
#[derive(Default)]
struct Delays(Mutex<Vec<(String, Duration)>>);

impl Publish for Delays {
    async fn publish<M: Serialize + Sync>(
        &self,
        messages: &[M],
        delay: Duration,
        _: Deadline,
    ) -> Result<Vec<usize>, QueueError> {
        self.0.lock().unwrap().extend(messages.iter().map(|message| (symbol(message), delay)));
        Ok(Vec::new())
    }
}

fn symbol(message: &impl Serialize) -> String {
    serde_json::to_value(message).unwrap()["symbol"].as_str().unwrap().to_owned()
}

/// A run: the queue and the released stocks after it, and its outcome.
struct Planned<Q> {
    queue: Q,
    released: Vec<Symbol>,
    outcome: Result<(), shared::Error>,
}

async fn planned<Q: Publish>(queue: Q, symbols: &[&str]) -> Planned<Q> {
    let due = Due { symbols: parsed(symbols), ..Due::default() };
    let interval = SignedDuration::from_hours(20);
    let deps = Deps { stocks: due.clone(), refreshes: queue, interval };
    let run = Run { began_at: Timestamp::UNIX_EPOCH, deadline: Deadline::default() };
    let outcome = plan_refresh::handle(&deps, run).await;
    Planned { queue: deps.refreshes, released: due.released.lock().unwrap().clone(), outcome }
}

fn parsed(symbols: &[&str]) -> Vec<Symbol> {
    symbols.iter().map(|symbol| symbol.parse().unwrap()).collect()
}

#[tokio::test]
async fn a_message_has_the_instant_of_the_plan() {
    let Planned { queue, outcome, .. } = planned(MemoryQueue::default(), &["AAPL"]).await;
    outcome.unwrap();
    let message: Value = serde_json::from_str(&queue.published()[0]).unwrap();
    let expected = json!({
        "type": "refresh.requested", "symbol": "AAPL", "occurred_at": PLANNED_AT,
        "traceparent": null, "refresh_id": null, "full": null, "force": false,
    });
    assert_eq!(message, expected);
}

#[tokio::test]
async fn the_benchmark_is_queued_first_and_the_others_are_delayed() {
    let Planned { queue, released, outcome } =
        planned(Delays::default(), &["AAPL", "SPX", "IBM"]).await;
    outcome.unwrap();
    let delays = [("SPX", 0), ("AAPL", 3), ("IBM", 3)]
        .map(|(symbol, seconds)| (symbol.to_owned(), Duration::from_secs(seconds)));
    assert_eq!(*queue.0.lock().unwrap(), delays);
    assert_eq!(released, []);
}

#[tokio::test]
async fn without_the_benchmark_no_message_is_delayed() {
    let Planned { queue, outcome, .. } = planned(Delays::default(), &["AAPL"]).await;
    outcome.unwrap();
    assert_eq!(*queue.0.lock().unwrap(), [("AAPL".to_owned(), Duration::ZERO)]);
}

#[tokio::test]
async fn a_queue_that_is_down_releases_all_stocks_and_is_an_error() {
    let symbols = ["SPX", "AAPL"];
    let Planned { released, outcome, .. } = planned(MemoryQueue::down(), &symbols).await;
    assert_eq!(outcome.unwrap_err().to_string(), "the queue did not accept 2 messages");
    assert_eq!(released, parsed(&symbols));
}

#[tokio::test]
async fn a_stock_whose_message_is_rejected_is_released() {
    let Planned { released, outcome, .. } =
        planned(MemoryQueue::refusing(&[1]), &["AAPL", "IBM"]).await;
    assert_eq!(outcome.unwrap_err().to_string(), "the queue did not accept 1 messages");
    assert_eq!(released, parsed(&["IBM"]));
}
