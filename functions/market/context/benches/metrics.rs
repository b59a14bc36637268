//! Computes every metric of every day of AAPL, 3,270 bars, and reads and writes the row of one day.
#![expect(clippy::unwrap_used, reason = "a benchmark without its data cannot go on")]

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use market::{Bars, DayMetrics, RawBar, metrics};

#[path = "../src/rules/tests/data.rs"]
mod data;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let bars = data::bars("AAPL");
    let benchmark = data::bars("SPX").adj_closes();
    let mut group = criterion.benchmark_group("metrics");
    group.throughput(Throughput::Elements(bars.len().try_into().unwrap()));
    group.bench_function("compute", |bencher| {
        bencher.iter(|| metrics::compute(black_box(&bars), black_box(&benchmark)));
    });
    group.finish();

    let metrics = *metrics::compute(&bars, &benchmark).last().unwrap();
    let row = serde_json::to_vec(&DayMetrics { day: bars.last_day().unwrap(), metrics }).unwrap();
    let mut group = criterion.benchmark_group("row");
    group.bench_function("read", |bencher| {
        bencher.iter(|| serde_json::from_slice::<DayMetrics>(black_box(&row)).unwrap());
    });
    let read: DayMetrics = serde_json::from_slice(&row).unwrap();
    group.bench_function("write", |bencher| {
        bencher.iter(|| serde_json::to_vec(black_box(&read)).unwrap());
    });
    group.finish();
    criterion.final_summary();
}
