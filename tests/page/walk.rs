//! Walking a list while it changes: nothing twice, and nothing skipped that was there all the time.

use std::collections::{BTreeMap, BTreeSet};

use market::fakes::{MemoryMarkets, snapshot};
use market::{Metric, Snapshot, Values};
use proptest::{collection::vec, option, prelude::*};
use serde_json::Value;
use support::app::App;

/// Stocks by number, with an RSI of few different values, or none.
type Stocks = BTreeMap<u16, Option<u8>>;

/// What happens between two pages.
#[derive(Debug, Clone)]
enum Change {
    Insert(u16, Option<u8>),
    Delete(u16),
}

fn rsi() -> impl Strategy<Value = Option<u8>> {
    option::weighted(0.7, 0..4_u8)
}

fn change() -> impl Strategy<Value = Change> {
    let number = 0..300_u16;
    prop_oneof![
        (number.clone(), rsi()).prop_map(|(number, rsi)| Change::Insert(number, rsi)),
        number.prop_map(Change::Delete)
    ]
}

fn symbol(number: u16) -> String {
    format!("S{number:03}")
}

fn snapshots(stocks: &Stocks) -> Vec<Snapshot> {
    let row = |(number, rsi): (&u16, &Option<u8>)| {
        let metrics: Values =
            rsi.iter().map(|rsi| (Metric::Rsi14, f64::from(*rsi) / 3.0)).collect();
        Snapshot { metrics, ..snapshot(&symbol(*number)) }
    };
    stocks.iter().map(row).collect()
}

async fn page(stocks: &Stocks, query: &str) -> Value {
    App::with(MemoryMarkets::of(snapshots(stocks)))
        .get(&format!("/v1/metrics?{query}"))
        .await
        .json()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_walk_meets_nothing_twice_and_skips_nothing_that_stays(
        stocks in proptest::collection::btree_map(0..300_u16, rsi(), 0..40),
        changes in vec(vec(change(), 0..6), 0..20),
        sort in prop_oneof![Just("rsi_14"), Just("-rsi_14"), Just("-symbol"), Just("close,-rsi_14"), Just("-rsi_14,-symbol")],
        limit in 1..8_u8,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (mut now, mut stayed) = (stocks.clone(), stocks.keys().copied().collect::<BTreeSet<_>>());
        // A stock that was deleted does not come back as another one.
        let mut known = stayed.clone();
        let (mut met, mut cursor, mut changes) = (Vec::new(), String::new(), changes.into_iter());
        loop {
            let body = runtime.block_on(page(&now, &format!("sort={sort}&limit={limit}{cursor}")));
            met.extend(body["items"].as_array().unwrap().iter().map(|item| item["symbol"].as_str().unwrap().to_owned()));
            let Some(next) = body["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
            for change in changes.next().into_iter().flatten() {
                match change {
                    Change::Insert(number, rsi) if known.insert(number) => _ = now.insert(number, rsi),
                    Change::Insert(..) => {}
                    Change::Delete(number) => {
                        now.remove(&number);
                        stayed.remove(&number);
                    }
                }
            }
        }
        let once: BTreeSet<_> = met.iter().cloned().collect();
        prop_assert_eq!(once.len(), met.len(), "twice: {:?}", met);
        let skipped: Vec<_> = stayed.into_iter().map(symbol).filter(|symbol| !once.contains(symbol)).collect();
        prop_assert!(skipped.is_empty(), "skipped: {:?}", skipped);
    }
}

mod on_the_stack {
    use support::stack::Stack;
    use tokio_postgres::Client;

    use super::*;

    /// Adds a stock that is not followed, with an RSI and nothing else.
    async fn insert(admin: &Client, symbol: &str, rsi: Option<f64>) {
        let sql = "with stock as (insert into public.stocks (symbol, name, exchange, active)
                     values ($1, 'Test', 'TEST', false) returning id, symbol)
                   insert into public.stock_metrics (stock_id, symbol, as_of, close, adj_close, volume, rsi_14, refreshed_at)
                     select id, symbol, '2013-03-01', 1, 1, 1, $2::double precision, now() from stock";
        admin.execute(sql, &[&symbol, &rsi]).await.unwrap();
    }

    async fn delete(admin: &Client, pattern: &str) {
        for table in ["stock_metrics", "stocks"] {
            admin
                .execute(&format!("delete from public.{table} where symbol like $1"), &[&pattern])
                .await
                .unwrap();
        }
    }

    #[tokio::test]
    async fn a_walk_of_the_database_meets_nothing_twice_and_skips_nothing_that_stays() {
        let stack = Stack::running();
        let admin = stack.admin().await;
        let id = uuid::Uuid::new_v4().simple().to_string().to_uppercase();
        let prefix = format!("W{}", &id[..7]);
        let rsi = |number: usize| (!number.is_multiple_of(5)).then(|| (number % 7) as f64 / 3.0);
        for (sort, round) in [("rsi_14", 'A'), ("-rsi_14", 'B'), ("close,-rsi_14,symbol", 'C')] {
            let symbol = |number: usize| format!("{prefix}{round}{number:03}");
            for number in 0..40 {
                insert(&admin, &symbol(number * 2), rsi(number * 2)).await;
            }
            let list = format!(
                "/v1/metrics?symbol.gte={prefix}{round}&symbol.lt={prefix}{round}Z&fields=symbol&sort={sort}&limit=3"
            );
            let (mut met, mut cursor, mut step) = (Vec::new(), String::new(), 0);
            loop {
                let body = stack.get_json(&format!("{list}{cursor}"), None).await.json();
                let items = body["items"].as_array().unwrap_or_else(|| panic!("{body}"));
                met.extend(items.iter().map(|item| item["symbol"].as_str().unwrap().to_owned()));
                let Some(next) = body["next"].as_str() else { break };
                cursor = format!("&cursor={next}");
                // One that is new, and one of every fourth that were there, are added and taken
                // away.
                insert(&admin, &symbol(step * 2 + 1), rsi(step)).await;
                delete(&admin, &symbol(step * 8 % 80)).await;
                step += 1;
            }
            let once: BTreeSet<_> = met.iter().cloned().collect();
            assert_eq!(once.len(), met.len(), "{sort}: {met:?}");
            let stayed = (0..40).filter(|number| number % 4 != 0).map(|number| symbol(number * 2));
            let skipped: Vec<_> = stayed.filter(|symbol| !once.contains(symbol)).collect();
            assert!(skipped.is_empty(), "{sort}: {skipped:?}");
        }
        delete(&admin, &format!("{prefix}%")).await;
    }
}
