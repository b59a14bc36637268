//! The schedule that queues refreshes.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use market::{Full, Symbol};
use plan_refresh::{ClaimDueStocks, Claimed, Deps, DueStock, Intervals};
use serde::Serialize;
use serde_json::{Value, json};
use shared::{
    deadline::Deadline,
    queue::{Publish, QueueError},
    schedule::Run,
    store::StoreError,
};
use support::{fakes::queues::MemoryQueue, logs::Logs};

const PLANNED_AT: &str = "2026-03-02T09:30:00.123456Z";
const BENCHMARK: &str = "SPX";
const DAILY: SignedDuration = SignedDuration::from_hours(20);
const FORTNIGHT: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Stocks that are due at any time, the benchmark's status, and the stocks that were released.
#[derive(Debug, Clone, Default)]
struct Due {
    benchmark_status: Option<&'static str>,
    stocks: Vec<DueStock>,
    released: Arc<Mutex<Vec<Symbol>>>,
}

impl ClaimDueStocks for Due {
    async fn claim(
        &self,
        benchmark: &Symbol,
        Intervals { refresh, reconcile }: Intervals,
        limit: u32,
        _: Deadline,
    ) -> Result<Claimed, StoreError> {
        assert_eq!(benchmark.as_str(), BENCHMARK);
        assert_eq!((refresh, reconcile, limit), (DAILY, FORTNIGHT, 1000));
        Ok(Claimed {
            planned_at: PLANNED_AT.parse().unwrap(),
            benchmark_status: self.benchmark_status.map(str::to_owned),
            stocks: self.stocks.clone(),
        })
    }

    async fn release(
        &self,
        symbols: &[Symbol],
        planned_at: Timestamp,
        _: Deadline,
    ) -> Result<(), StoreError> {
        assert_eq!(planned_at.to_string(), PLANNED_AT);
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
    let stocks = parsed(symbols).into_iter().map(|symbol| DueStock { symbol, full: None });
    run(queue, stocks.collect()).await
}

async fn run<Q: Publish>(queue: Q, stocks: Vec<DueStock>) -> Planned<Q> {
    run_on(Due { benchmark_status: Some("active"), stocks, ..Due::default() }, queue).await
}

async fn run_on<Q: Publish>(due: Due, queue: Q) -> Planned<Q> {
    let deps = Deps {
        stocks: due.clone(),
        refreshes: queue,
        benchmark: BENCHMARK.parse().unwrap(),
        intervals: Intervals { refresh: DAILY, reconcile: FORTNIGHT },
    };
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
async fn the_message_of_a_stock_to_reconcile_says_so() {
    let stock = DueStock { symbol: "AAPL".parse().unwrap(), full: Some(Full::Reconcile) };
    let Planned { queue, .. } = run(MemoryQueue::default(), vec![stock]).await;
    let message: Value = serde_json::from_str(&queue.published()[0]).unwrap();
    assert_eq!(message["full"], "reconcile");
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
async fn a_benchmark_without_bars_is_one_warning() {
    const WARNING: &str = "betas are not computed: the benchmark is not followed or has no bars";
    for (benchmark_status, logged) in [
        (None, Some("missing")),
        (Some("pending"), Some("pending")),
        (Some("inactive"), Some("inactive")),
        (Some("active"), None),
    ] {
        let logs = Logs::collect();
        let due = Due { benchmark_status, ..Due::default() };
        run_on(due, MemoryQueue::default()).await.outcome.unwrap();
        let lines: Vec<Value> =
            logs.lines().into_iter().filter(|line| line["message"] == WARNING).collect();
        let found: Vec<_> = lines
            .iter()
            .map(|line| (&line["level"], &line["benchmark.symbol"], &line["benchmark.status"]))
            .collect();
        let (level, symbol, status) = (json!("WARN"), json!(BENCHMARK), json!(logged));
        let expected = logged.map(|_| (&level, &symbol, &status));
        assert_eq!(found, Vec::from_iter(expected), "{benchmark_status:?}");
    }
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
