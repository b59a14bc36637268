//! The schedule that queues refreshes.

use std::{sync::Mutex, time::Duration};

use jiff::{SignedDuration, Timestamp};
use market::Symbol;
use plan_refresh::{Deps, DueStocks};
use serde::Serialize;
use shared::{
    deadline::Deadline,
    queue::{Publish, QueueError},
    schedule::Run,
    store::StoreError,
};
use support::fakes::queues::MemoryQueue;

/// These stocks are due at any time.
#[derive(Debug)]
pub struct Due(pub Vec<Symbol>);

impl DueStocks for Due {
    async fn due(
        &self,
        _before: Timestamp,
        _now: Timestamp,
        _: Deadline,
    ) -> Result<Vec<Symbol>, StoreError> {
        Ok(self.0.clone())
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

/// The queue after a run, and the outcome of the run.
async fn planned<Q: Publish>(queue: Q, symbols: &[&str]) -> (Q, Result<(), shared::Error>) {
    let due = Due(symbols.iter().map(|symbol| symbol.parse().unwrap()).collect());
    let now: Timestamp =
        support::event_json("plan-refresh")["time"].as_str().unwrap().parse().unwrap();
    let deps = Deps { stocks: due, refreshes: queue, interval: SignedDuration::from_hours(20) };
    let outcome =
        plan_refresh::handle(&deps, Run { began_at: now, deadline: Deadline::default() }).await;
    (deps.refreshes, outcome)
}

#[tokio::test]
async fn the_benchmark_is_queued_first_and_the_others_are_delayed() {
    let (queue, outcome) = planned(Delays::default(), &["AAPL", "SPX", "IBM"]).await;
    outcome.unwrap();
    let delays = [("SPX", 0), ("AAPL", 3), ("IBM", 3)]
        .map(|(symbol, seconds)| (symbol.to_owned(), Duration::from_secs(seconds)));
    assert_eq!(*queue.0.lock().unwrap(), delays);
}

#[tokio::test]
async fn without_the_benchmark_no_message_is_delayed() {
    let (queue, outcome) = planned(Delays::default(), &["AAPL"]).await;
    outcome.unwrap();
    assert_eq!(*queue.0.lock().unwrap(), [("AAPL".to_owned(), Duration::ZERO)]);
}

#[tokio::test]
async fn a_queue_that_is_down_is_an_error() {
    let (_, outcome) = planned(MemoryQueue::down(), &["AAPL"]).await;
    assert_eq!(outcome.unwrap_err().to_string(), "the queue is unavailable");
}

#[tokio::test]
async fn a_message_the_queue_rejects_is_an_error() {
    let (_, outcome) = planned(MemoryQueue::refusing(&[1]), &["AAPL", "IBM"]).await;
    assert_eq!(outcome.unwrap_err().to_string(), "the queue did not accept 1 messages");
}
