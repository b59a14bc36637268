//! Reads through get-metrics: uncached next to the same request sent directly to PostgREST, and
//! from its cache.

use std::time::Instant;

use serde_json::Value;

use support::{runtime_api::Sandbox, stack::Stack};

use crate::{
    measure::{Bench, EMPTY, median, millis},
    relay,
    rounds::Rounds,
    turns::{self, Times},
};

const ROUNDS: usize = 9;
/// In each round.
const READS: usize = 200;

/// The same stock every time, at concurrency 1.
pub(crate) async fn uncached(bench: &Bench) -> Vec<Times> {
    let relay = relay::start(Stack::running().get("postgrest_url")).await.unwrap();
    let round = vec![vec!["AAPL".to_owned(); READS]];
    turns::take(bench, &relay, std::iter::repeat_n(round, ROUNDS)).await
}

/// Milliseconds of a warm invocation, the latter two served from the function's cache.
#[derive(Debug)]
pub(crate) struct Cached {
    pub empty: Rounds,
    pub ok: Rounds,
    /// With the etag of that response.
    pub not_modified: Rounds,
}

pub(crate) async fn cached(bench: &Bench) -> Cached {
    let mut rounds: [Rounds; 3] = Default::default();
    for _ in 0..ROUNDS {
        for (round, time) in rounds.iter_mut().zip(cached_round(bench).await) {
            round.push(time);
        }
    }
    let [empty, ok, not_modified] = rounds;
    Cached { empty, ok, not_modified }
}

/// Takes turns as well: a function invoked twice in a row does not poll for the second event yet.
async fn cached_round(bench: &Bench) -> [f64; 3] {
    let event = bench.requests.of("get-metrics");
    let empty = Sandbox::start(&bench.launch(EMPTY)).await.unwrap();
    let mut launch = bench.launch("get-metrics");
    launch.env.retain(|(name, _)| name != "CACHE_SECONDS");
    let function = Sandbox::start(&launch).await.unwrap();
    let first: Value = serde_json::from_slice(&function.invoke(&event).await.unwrap()).unwrap();
    let mut known = event.clone();
    known["headers"]["if-none-match"] = first["headers"]["etag"].clone();

    let mut times: [Vec<f64>; 3] = Default::default();
    for _ in 0..READS {
        for (place, known_or_not, start) in
            [(1, &event, "{\"statusCode\":200"), (2, &known, "{\"statusCode\":304")]
        {
            let begin = Instant::now();
            let _ = empty.invoke(&event).await;
            times[0].push(millis(begin));
            let begin = Instant::now();
            let reply = function.invoke(known_or_not).await.unwrap();
            times[place].push(millis(begin));
            assert!(reply.starts_with(start.as_bytes()), "{}", String::from_utf8_lossy(&reply));
        }
    }
    times.map(median)
}
