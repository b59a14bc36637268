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
const ROUNDS: usize = 10;
/// Of each caller in each round: far more than it takes until they are no longer all at the same
/// request.
const TURNS: usize = 300;
const STOCKS: usize = 5000;

/// The times of each round at a concurrency.
#[derive(Debug)]
pub(crate) struct AtScale {
    pub concurrency: usize,
    pub rounds: Vec<Times>,
}

pub(crate) async fn both(bench: &Bench) -> Vec<AtScale> {
    let relay = relay::start(Stack::running().get("postgrest_url")).await.unwrap();
    let mut measured = Vec::new();
    for concurrency in CONCURRENCIES {
        let rounds = (0..ROUNDS).map(|round| {
            (0..concurrency).map(|caller| symbols((round * concurrency + caller) * TURNS)).collect()
        });
        let rounds = turns::take(bench, &relay, rounds).await;
        measured.push(AtScale { concurrency, rounds });
    }
    measured
}

fn symbols(first: usize) -> Vec<String> {
    (first..first + TURNS).map(|place| format!("GEN-{:05}", place * 97 % STOCKS + 1)).collect()
}
