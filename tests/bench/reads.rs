//! Reads through get-metrics: uncached next to the same request sent directly to PostgREST, and from its cache.

use std::time::Instant;

use serde_json::Value;

use support::{
    runtime_api::{Launch, Sandbox},
    stack::Stack,
};

use crate::measure::{Bench, EMPTY, median};
use crate::relay;

/// Enough that a moment in which the machine does something else does not count.
const READS: usize = 2000;

/// Milliseconds at concurrency 1, over connections that are kept open.
#[derive(Debug)]
pub(crate) struct Reads {
    /// One invocation of get-metrics less one of the empty function.
    pub through_function: f64,
    /// The same request to the same address.
    pub direct: f64,
}

/// Takes turns, so that a slow moment of the machine meets all three.
pub(crate) async fn uncached(bench: &Bench) -> Reads {
    let stack = Stack::running();
    let postgrest = stack.get("postgrest_url");
    let relay = relay::start(postgrest.trim_start_matches("http://").to_owned()).await.unwrap();
    let event = bench.requests.of("get-metrics");
    let empty = Sandbox::start(&bench.launch(EMPTY)).await.unwrap();
    let function = Sandbox::start(&uncached_launch(bench, &relay)).await.unwrap();
    let url = format!("{relay}/rest/v1/stock_metrics?select=*&symbol=eq.AAPL");

    let mut times: [Vec<f64>; 3] = Default::default();
    for _ in 0..READS {
        let begin = Instant::now();
        let _ = empty.invoke(&event).await;
        times[0].push(millis(begin));
        let begin = Instant::now();
        let answer = function.invoke(&event).await.unwrap();
        times[1].push(millis(begin));
        assert!(answer.starts_with(b"{\"statusCode\":200"), "{}", String::from_utf8_lossy(&answer));
        let begin = Instant::now();
        let answer = stack.send("GET", &url, &[], "").await;
        times[2].push(millis(begin));
        assert_eq!(answer.status, 200);
    }
    let [empty, through, direct] = times.map(median);
    Reads { through_function: through - empty, direct }
}

/// Milliseconds of a warm invocation that finds its answer in the function's cache.
#[derive(Debug)]
pub(crate) struct Cached {
    pub empty: f64,
    pub ok: f64,
    /// With the tag of that answer.
    pub not_modified: f64,
}

/// Takes turns as well: whoever is asked twice in a row has not come back for the second event yet.
pub(crate) async fn cached(bench: &Bench) -> Cached {
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
        for (place, known_or_not, start) in [(1, &event, "{\"statusCode\":200"), (2, &known, "{\"statusCode\":304")] {
            let begin = Instant::now();
            let _ = empty.invoke(&event).await;
            times[0].push(millis(begin));
            let begin = Instant::now();
            let answer = function.invoke(known_or_not).await.unwrap();
            times[place].push(millis(begin));
            assert!(answer.starts_with(start.as_bytes()), "{}", String::from_utf8_lossy(&answer));
        }
    }
    let [empty, ok, not_modified] = times.map(median);
    Cached { empty, ok, not_modified }
}

/// get-metrics behind a relay, keeping nothing.
pub(crate) fn uncached_launch(bench: &Bench, relay: &str) -> Launch {
    let mut launch = bench.launch("get-metrics");
    launch.env.iter_mut().filter(|(name, _)| name == "SUPABASE_URL").for_each(|(_, value)| relay.clone_into(value));
    launch.env.push(("CACHE_SECONDS".to_owned(), "0".to_owned()));
    launch
}

pub(crate) fn millis(begin: Instant) -> f64 {
    begin.elapsed().as_secs_f64() * 1e3
}
