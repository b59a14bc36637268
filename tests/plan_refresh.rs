//! Schedule to queued refreshes.

use std::{sync::Mutex, time::Duration};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use shared::{
    ports::{ChannelError, Publish},
    schedule::Tick,
};
use support::fakes::{queues::MemoryQueue, refreshes::Due};

/// Keeps the symbols of each call and their delay.
#[derive(Default)]
struct Delays(Mutex<Vec<(String, Duration)>>);

impl Publish for Delays {
    async fn publish<M: Serialize + Sync>(&self, messages: &[M], delay: Duration) -> Result<Vec<usize>, ChannelError> {
        let symbol = |message| serde_json::to_value(message).unwrap()["symbol"].as_str().unwrap().to_owned();
        self.0.lock().unwrap().extend(messages.iter().map(|message| (symbol(message), delay)));
        Ok(Vec::new())
    }
}

async fn planned(queue: &impl Publish, symbols: &[&str]) -> Result<(), shared::Error> {
    let due = Due(symbols.iter().map(|symbol| symbol.parse().unwrap()).collect());
    let now: Timestamp = support::event_json("plan-refresh")["time"].as_str().unwrap().parse().unwrap();
    plan_refresh::handle(&due, queue, SignedDuration::from_hours(20), Tick { now, deadline: now }).await
}

#[tokio::test]
async fn the_benchmark_goes_ahead_of_the_others_and_none_is_lost() {
    let queue = Delays::default();
    planned(&queue, &["AAPL", "SPX", "IBM"]).await.unwrap();
    let seconds = |symbol: &str, seconds| (symbol.to_owned(), Duration::from_secs(seconds));
    assert_eq!(*queue.0.lock().unwrap(), [seconds("SPX", 0), seconds("AAPL", 3), seconds("IBM", 3)]);
}

#[tokio::test]
async fn without_the_benchmark_nobody_waits() {
    let queue = Delays::default();
    planned(&queue, &["AAPL"]).await.unwrap();
    assert_eq!(*queue.0.lock().unwrap(), [("AAPL".to_owned(), Duration::ZERO)]);
}

#[tokio::test]
async fn a_queue_that_is_down_is_an_error() {
    let error = planned(&MemoryQueue::down(), &["AAPL"]).await.unwrap_err();
    assert_eq!(error.to_string(), "the queue cannot be reached");
}

#[tokio::test]
async fn a_message_that_was_not_taken_is_an_error() {
    let error = planned(&MemoryQueue::refusing(&[1]), &["AAPL", "IBM"]).await.unwrap_err();
    assert_eq!(error.to_string(), "the queue did not take 1 messages");
}
