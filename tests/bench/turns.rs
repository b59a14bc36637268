//! Callers of the empty function, get-metrics and `PostgREST` in turn, over keep-alive connections.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::{
    runtime_api::{Launch, Sandbox},
    stack::Stack,
};
use tokio::task::JoinSet;

use crate::measure::{Bench, EMPTY, millis};

/// Not counted: connections are opened in the first turn.
const FIRST: usize = 1;

/// Milliseconds of one of each in every turn of a round, sorted.
#[derive(Debug, Default)]
pub(crate) struct Times {
    empty: Vec<f64>,
    through: Vec<f64>,
    direct: Vec<f64>,
    /// Time on a processor of all empty invocations, and of all reads through get-metrics.
    processor: (Duration, Duration),
}

impl Times {
    /// Processor time of a read through get-metrics, in that of an empty invocation.
    pub(crate) fn processor_ratio(&self) -> f64 {
        self.processor.1.as_secs_f64() / self.processor.0.as_secs_f64()
    }

    /// Of a read through get-metrics less an invocation of the empty function, and of the same
    /// request without it.
    pub(crate) fn at(&self, percentile: usize) -> (f64, f64) {
        (at(&self.through, percentile) - at(&self.empty, 50), at(&self.direct, percentile))
    }

    /// Adds the times of another caller of the same round.
    fn add(&mut self, other: Self) {
        self.empty.extend(other.empty);
        self.through.extend(other.through);
        self.direct.extend(other.direct);
        self.processor.0 += other.processor.0;
        self.processor.1 += other.processor.1;
    }

    fn sort(&mut self) {
        for times in [&mut self.empty, &mut self.through, &mut self.direct] {
            times.sort_by(f64::total_cmp);
        }
    }
}

/// A percentile of sorted times.
fn at(times: &[f64], percentile: usize) -> f64 {
    times[times.len() * percentile / 100]
}

/// In each round, one caller for each list of symbols, all at the same time.
///
/// They take turns request by request, so that all three meet the same machine: in phases of their
/// own, the one with fewer processes would have the caches of the processor for itself. A round
/// starts its own processes, as it matters for all of its turns which cores they settle on.
pub(crate) async fn take(
    bench: &Bench,
    relay: &str,
    rounds: impl Iterator<Item = Vec<Vec<String>>>,
) -> Vec<Times> {
    let mut all = Vec::new();
    for lists in rounds {
        let (mut callers, mut times) = (JoinSet::new(), Times::default());
        for symbols in lists {
            callers.spawn(Caller::start(bench, relay).await.take_turns(symbols));
        }
        while let Some(taken) = callers.join_next().await {
            times.add(taken.unwrap());
        }
        times.sort();
        all.push(times);
    }
    all
}

struct Caller {
    empty: Sandbox,
    function: Sandbox,
    event: Value,
    stack: Stack,
    relay: String,
}

impl Caller {
    async fn start(bench: &Bench, relay: &str) -> Self {
        Self {
            empty: Sandbox::start(&bench.launch(EMPTY)).await.unwrap(),
            function: Sandbox::start(&uncached_launch(bench, relay)).await.unwrap(),
            event: bench.requests.of("get-metrics"),
            stack: Stack::running(),
            relay: relay.to_owned(),
        }
    }

    async fn take_turns(mut self, symbols: Vec<String>) -> Times {
        let mut times = Times::default();
        let mut begun = (Duration::ZERO, Duration::ZERO);
        for (turn, symbol) in symbols.iter().enumerate() {
            self.event["rawPath"] = json!(format!("/v1/stocks/{symbol}/metrics"));
            self.event["requestContext"]["http"]["path"] = self.event["rawPath"].clone();
            self.event["pathParameters"]["symbol"] = json!(symbol);
            let [empty, through, direct] =
                [self.empty().await, self.through().await, self.direct(symbol).await];
            if turn < FIRST {
                begun = self.processor_time();
            } else {
                times.empty.push(empty);
                times.through.push(through);
                times.direct.push(direct);
            }
        }
        let ended = self.processor_time();
        times.processor = (ended.0 - begun.0, ended.1 - begun.1);
        times
    }

    fn processor_time(&self) -> (Duration, Duration) {
        (self.empty.processor_time().unwrap(), self.function.processor_time().unwrap())
    }

    async fn empty(&self) -> f64 {
        let begin = Instant::now();
        self.empty.invoke(&self.event).await.unwrap();
        millis(begin)
    }

    async fn through(&self) -> f64 {
        let begin = Instant::now();
        let reply = self.function.invoke(&self.event).await.unwrap();
        let time = millis(begin);
        assert!(reply.starts_with(b"{\"statusCode\":200"), "{}", String::from_utf8_lossy(&reply));
        time
    }

    /// The request get-metrics sends.
    async fn direct(&self, symbol: &str) -> f64 {
        let url = format!("{}/rest/v1/stock_metrics?select=*&symbol=eq.{symbol}", self.relay);
        let headers =
            [("accept", "application/json"), ("apikey", self.stack.get("publishable_key"))];
        let begin = Instant::now();
        let reply = self.stack.send("GET", &url, &headers, "").await;
        let time = millis(begin);
        assert!(
            reply.status == 200 && reply.body.len() > 2,
            "{symbol} is missing: run `make load-scale`"
        );
        time
    }
}

/// get-metrics through a relay, without its cache.
fn uncached_launch(bench: &Bench, relay: &str) -> Launch {
    let mut launch = bench.launch("get-metrics");
    launch
        .env
        .iter_mut()
        .filter(|(name, _)| name == "SUPABASE_URL")
        .for_each(|(_, value)| relay.clone_into(value));
    launch.env.push(("CACHE_SECONDS".to_owned(), "0".to_owned()));
    launch
}
