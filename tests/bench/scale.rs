//! Uncached reads of one of 5,000 stocks after the other, alone and sixteen at a time.
//!
//! `make load-scale` puts the stocks in, `make bench-scale` runs this.

use support::stack::Stack;

use crate::{
    measure::Bench,
    relay,
    turns::{self, Times},
};

/// As many sandboxes as there are requests at a time: each has one.
const CONCURRENCIES: [usize; 2] = [1, 16];
/// Of all callers together.
const TURNS: usize = 8000;
const STOCKS: usize = 5000;

/// What was measured at a concurrency.
#[derive(Debug)]
pub(crate) struct AtScale {
    pub concurrency: usize,
    pub times: Times,
}

pub(crate) async fn both(bench: &Bench) -> Vec<AtScale> {
    let relay = relay::start(Stack::running().get("postgrest_url")).await.unwrap();
    let mut measured = Vec::new();
    for concurrency in CONCURRENCIES {
        let each = TURNS / concurrency;
        let lists = (0..concurrency).map(|caller| symbols(caller * each, each)).collect();
        measured.push(AtScale { concurrency, times: turns::take(bench, &relay, lists).await });
    }
    measured
}

fn symbols(first: usize, count: usize) -> Vec<String> {
    (first..first + count).map(|place| format!("GEN-{:05}", place * 97 % STOCKS + 1)).collect()
}
