//! refresh-symbol on a stock of its own: thirteen years of bars from nothing, then nothing new.

use std::time::Instant;

use jiff::Timestamp;
use serde_json::{Value, json};
use support::{runtime_api::Sandbox, stack::Stack};

use crate::{
    measure::{Bench, median},
    rounds::Rounds,
};

const ROUNDS: usize = 5;
const UNCHANGED: usize = 5;

/// Seconds from the event to the response; the first with the start of the process.
#[derive(Debug)]
pub(crate) struct Refreshes {
    pub whole_history: Rounds,
    pub no_change: Rounds,
}

pub(crate) async fn both(bench: &Bench) -> Refreshes {
    let stack = Stack::running();
    let mut launch = bench.launch("refresh-symbol");
    let aapl = format!("{}/bars/AAPL.csv?for={{symbol}}", stack.get("standin_url"));
    launch.env.push(("MARKET_DATA_CSV_URL".to_owned(), aapl));
    let (mut whole_history, mut no_change) = (Rounds::default(), Rounds::default());
    for _ in 0..ROUNDS {
        let symbol = stack.add_stock("BENCH").await;
        let sandbox = Sandbox::start(&launch).await.unwrap();
        assert_done(&sandbox.invoke(&event(bench, &symbol)).await.unwrap());
        whole_history.push(sandbox.age().as_secs_f64());
        let mut unchanged = Vec::new();
        for _ in 0..UNCHANGED {
            let event = event(bench, &symbol);
            let begin = Instant::now();
            assert_done(&sandbox.invoke(&event).await.unwrap());
            unchanged.push(begin.elapsed().as_secs_f64());
        }
        no_change.push(median(unchanged));
        assert_eq!(bars(&stack, &symbol).await, 3270);
        remove(&stack, &symbol).await;
    }
    Refreshes { whole_history, no_change }
}

fn event(bench: &Bench, symbol: &str) -> Value {
    let mut event = bench.requests.of("refresh-symbol");
    let mut message: Value =
        serde_json::from_str(event["Records"][0]["body"].as_str().unwrap()).unwrap();
    message["symbol"] = json!(symbol);
    // A message that is older than the last refresh does nothing.
    message["occurred_at"] = json!(Timestamp::now());
    event["Records"][0]["body"] = json!(message.to_string());
    event
}

#[track_caller]
fn assert_done(reply: &[u8]) {
    let reply: Value = serde_json::from_slice(reply).unwrap();
    assert_eq!(reply["batchItemFailures"], json!([]), "{reply}");
}

async fn bars(stack: &Stack, symbol: &str) -> i64 {
    let count = "select count(*) from public.price_bars b
        join public.stocks s on s.id = b.stock_id where s.symbol = $1";
    stack.admin().await.query_one(count, &[&symbol]).await.unwrap().get(0)
}

async fn remove(stack: &Stack, symbol: &str) {
    let admin = stack.admin().await;
    for table in ["price_bars", "metric_history", "stock_metrics"] {
        let delete = format!(
            "delete from public.{table}
             where stock_id = (select id from public.stocks where symbol = $1)"
        );
        admin.execute(&delete, &[&symbol]).await.unwrap();
    }
    admin.execute("delete from public.stocks where symbol = $1", &[&symbol]).await.unwrap();
}
