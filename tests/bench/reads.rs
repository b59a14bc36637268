//! An uncached read through get-metrics, next to the same request sent directly to PostgREST.

use std::time::Instant;

use support::{
    runtime_api::{Launch, Sandbox},
    stack::Stack,
};

use crate::measure::{Bench, EMPTY, median};
use crate::relay;

const READS: usize = 400;

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
