//! Paging through a list while it changes: no row twice, and no lasting row skipped.

use std::collections::{BTreeMap, BTreeSet};

use market::fakes::{MemoryMarkets, snapshot};
use market::{Metric, Snapshot, Values};
use proptest::{collection::vec, option, prelude::*};
use support::{Response, app::App};

/// Stocks by number, with an RSI of few different values, or none.
type Stocks = BTreeMap<u16, Option<u8>>;

/// A change between two pages.
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
    stocks.iter().map(|(number, rsi)| stock(*number, *rsi)).collect()
}

fn stock(number: u16, rsi: Option<u8>) -> Snapshot {
    let metrics: Values = rsi.iter().map(|rsi| (Metric::Rsi14, f64::from(*rsi) / 3.0)).collect();
    Snapshot { metrics, ..snapshot(&symbol(number)) }
}

async fn page(stocks: &Stocks, query: &str) -> Response {
    App::with(MemoryMarkets::of(snapshots(stocks))).get(&format!("/v1/metrics?{query}")).await
}

fn sort() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just("rsi_14"),
        Just("-rsi_14"),
        Just("-symbol"),
        Just("close,-rsi_14"),
        Just("-rsi_14,-symbol"),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_walk_repeats_nothing_and_skips_nothing_that_stays(
        stocks in proptest::collection::btree_map(0..300_u16, rsi(), 0..40),
        changes in vec(vec(change(), 0..6), 0..20),
        sort in sort(),
        limit in 1..8_u8,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut stayed: BTreeSet<_> = stocks.keys().copied().collect();
        let mut now = stocks;
        // A stock that was deleted does not come back as another one.
        let mut known = stayed.clone();
        let (mut found, mut cursor, mut changes) = (Vec::new(), String::new(), changes.into_iter());
        loop {
            let query = format!("sort={sort}&limit={limit}{cursor}");
            let page = runtime.block_on(page(&now, &query));
            found.extend(page.each("symbol"));
            if page.next().is_empty() {
                break;
            }
            cursor = format!("&cursor={}", page.next());
            for change in changes.next().into_iter().flatten() {
                match change {
                    Change::Insert(number, rsi) => {
                        if known.insert(number) {
                            now.insert(number, rsi);
                        }
                    }
                    Change::Delete(number) => {
                        now.remove(&number);
                        stayed.remove(&number);
                    }
                }
            }
        }
        let once: BTreeSet<_> = found.iter().cloned().collect();
        prop_assert_eq!(once.len(), found.len(), "twice: {:?}", found);
        let skipped: Vec<_> =
            stayed.into_iter().map(symbol).filter(|symbol| !once.contains(symbol)).collect();
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
                     values ($1, 'Test', 'TEST', false) returning *)
                   insert into public.stock_metrics
                     (stock_id, symbol, name, exchange, kind, as_of, close, adj_close, volume,
                      rsi_14, refreshed_at)
                     select id, symbol, name, exchange, kind, '2013-03-01', 1, 1, 1,
                       $2::double precision, now()
                     from stock";
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
    async fn a_walk_of_the_database_repeats_and_skips_nothing_that_stays() {
        let stack = Stack::running();
        let admin = stack.admin().await;
        let id = uuid::Uuid::new_v4().simple().to_string().to_uppercase();
        let prefix = format!("W{}", &id[..7]);
        for (sort, round) in [("rsi_14", 'A'), ("-rsi_14", 'B'), ("close,-rsi_14,symbol", 'C')] {
            let prefix = format!("{prefix}{round}");
            for number in (0..80).step_by(2) {
                insert(&admin, &format!("{prefix}{number:03}"), some_rsi(number)).await;
            }
            let filter = format!("symbol.gte={prefix}&symbol.lt={prefix}Z");
            let path = format!("/v1/metrics?{filter}&fields=symbol&sort={sort}&limit=3");
            let (mut found, mut cursor, mut step) = (Vec::new(), String::new(), 0);
            loop {
                let page = stack.get_json(&format!("{path}{cursor}"), None).await;
                found.extend(page.each("symbol"));
                if page.next().is_empty() {
                    break;
                }
                cursor = format!("&cursor={}", page.next());
                // A new stock is added, and one of every fourth is deleted.
                insert(&admin, &format!("{prefix}{:03}", step * 2 + 1), some_rsi(step)).await;
                delete(&admin, &format!("{prefix}{:03}", step * 8 % 80)).await;
                step += 1;
            }
            let once: BTreeSet<_> = found.iter().cloned().collect();
            assert_eq!(once.len(), found.len(), "{sort}: {found:?}");
            let stayed = (0..80).step_by(2).filter(|number| number % 8 != 0);
            let skipped: Vec<_> = stayed
                .map(|number| format!("{prefix}{number:03}"))
                .filter(|symbol| !once.contains(symbol))
                .collect();
            assert!(skipped.is_empty(), "{sort}: {skipped:?}");
        }
        delete(&admin, &format!("{prefix}%")).await;
    }

    /// One of seven values, or null for every fifth stock.
    fn some_rsi(number: u32) -> Option<f64> {
        (!number.is_multiple_of(5)).then(|| f64::from(number % 7) / 3.0)
    }
}
