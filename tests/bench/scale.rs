//! Uncached reads of one of 5,000 stocks after the other, alone and sixteen at a time.
//!
//! `make load-scale` puts the stocks in, `make bench-scale` runs this.

use std::{sync::Arc, time::Instant};

use serde_json::{Value, json};
use support::{runtime_api::Sandbox, stack::Stack};
use tokio::task::JoinSet;

use crate::{
    measure::{Bench, EMPTY},
    reads::{millis, uncached_launch},
    relay,
};

/// As many sandboxes as there are requests at a time: each has one.
const CONCURRENCIES: [usize; 2] = [1, 16];
const ROUNDS: usize = 10;
/// Of all workers together in each round.
const READS: usize = 200;
const STOCKS: usize = 5000;

/// Milliseconds at one concurrency, sorted.
#[derive(Debug)]
pub(crate) struct AtScale {
    pub concurrency: usize,
    empty: Vec<f64>,
    through: Vec<f64>,
    direct: Vec<f64>,
}

impl AtScale {
    /// How long a read takes through get-metrics, less an invocation of the empty function, and directly: at a percentile.
    pub(crate) fn at(&self, percentile: usize) -> (f64, f64) {
        let of = |times: &[f64], percentile| times[times.len() * percentile / 100];
        (of(&self.through, percentile) - of(&self.empty, 50), of(&self.direct, percentile))
    }
}

pub(crate) async fn both(bench: &Bench) -> Vec<AtScale> {
    let stack = Arc::new(Stack::running());
    let postgrest = stack.get("postgrest_url").trim_start_matches("http://").to_owned();
    let relay = relay::start(postgrest).await.unwrap();
    let mut measured = Vec::new();
    for concurrency in CONCURRENCIES {
        measured.push(at(bench, &stack, &relay, concurrency).await);
    }
    measured
}

/// Takes turns, so that a slow moment of the machine meets all three.
async fn at(bench: &Bench, stack: &Arc<Stack>, relay: &str, concurrency: usize) -> AtScale {
    let event = bench.requests.of("get-metrics");
    let (mut empty, mut functions) = (Vec::new(), Vec::new());
    for _ in 0..concurrency {
        empty.push(Arc::new(Sandbox::start(&bench.launch(EMPTY)).await.unwrap()));
        functions.push(Arc::new(Sandbox::start(&uncached_launch(bench, relay)).await.unwrap()));
    }
    let mut measured = AtScale { concurrency, empty: Vec::new(), through: Vec::new(), direct: Vec::new() };
    let each = READS / concurrency;
    for round in 0..=ROUNDS {
        let symbols = |worker: usize| symbols((round * concurrency + worker) * each, each);
        let asked = |sandboxes: &[Arc<Sandbox>]| {
            let of = |(worker, sandbox)| invocations(Arc::clone(sandbox), event.clone(), symbols(worker));
            sandboxes.iter().enumerate().map(of).collect::<JoinSet<_>>()
        };
        let none = asked(&empty).join_all().await.concat();
        let through = asked(&functions).join_all().await.concat();
        let direct = (0..concurrency).map(|worker| requests(Arc::clone(stack), relay.to_owned(), symbols(worker)));
        let direct = direct.collect::<JoinSet<_>>().join_all().await.concat();
        // The first round opens connections.
        if round > 0 {
            measured.empty.extend(none);
            measured.through.extend(through);
            measured.direct.extend(direct);
        }
    }
    for times in [&mut measured.empty, &mut measured.through, &mut measured.direct] {
        times.sort_by(f64::total_cmp);
    }
    measured
}

fn symbols(first: usize, count: usize) -> impl Iterator<Item = String> + Send {
    (first..first + count).map(|place| format!("GEN-{:05}", place * 97 % STOCKS + 1))
}

async fn invocations(sandbox: Arc<Sandbox>, event: Value, symbols: impl Iterator<Item = String>) -> Vec<f64> {
    let (mut event, mut times) = (event, Vec::new());
    for symbol in symbols {
        event["rawPath"] = json!(format!("/v1/stocks/{symbol}/metrics"));
        event["requestContext"]["http"]["path"] = event["rawPath"].clone();
        event["pathParameters"]["symbol"] = json!(symbol);
        let begin = Instant::now();
        let answer = sandbox.invoke(&event).await.unwrap();
        times.push(millis(begin));
        assert!(answer.starts_with(b"{\"statusCode\":200"), "{}", String::from_utf8_lossy(&answer));
    }
    times
}

async fn requests(stack: Arc<Stack>, relay: String, symbols: impl Iterator<Item = String>) -> Vec<f64> {
    let mut times = Vec::new();
    for symbol in symbols {
        let url = format!("{relay}/rest/v1/stock_metrics?select=*&symbol=eq.{symbol}");
        let begin = Instant::now();
        let answer = stack.send("GET", &url, &[], "").await;
        times.push(millis(begin));
        assert!(answer.status == 200 && answer.body.len() > 2, "{symbol} is missing: run `make load-scale`");
    }
    times
}
