//! The table of figures and the verdict on each budget.

use std::process::ExitCode;

use crate::{measure::Measured, reads::Cached, refresh::Refreshes, scale::AtScale, turns::Times};

/// Prints every figure, with its ratio to the empty function.
pub(crate) fn table(empty: &Measured, functions: &[Measured]) {
    println!(
        "{:26} {:>8} {:>16} {:>16} {:>16} {:>10}",
        "", "size MB", "ready ms", "response ms", "warm ms", "memory MB"
    );
    for row in std::iter::once(empty).chain(functions) {
        println!(
            "{:26} {:8.2} {:>16} {:>16} {:>16} {:10.1}",
            row.name,
            row.size,
            ratio(row.ready, empty.ready),
            ratio(row.first, empty.first),
            ratio(row.warm, empty.warm),
            row.memory
        );
    }
    println!();
}

/// A figure with its ratio to that of the empty function.
fn ratio(value: f64, base: f64) -> String {
    format!("{value:.2} ({:.1} x)", value / base)
}

/// Functions that carry pages, a font or a renderer.
const WITH_PICTURES: [&str; 3] = ["get-chart", "get-docs", "serve-mcp"];

/// The verdicts so far.
#[derive(Debug, Default)]
pub(crate) struct Budgets {
    missed: usize,
}

impl Budgets {
    pub(crate) fn check_start(&mut self, empty: &Measured, function: &Measured) {
        let [size, ready, first, memory] =
            if function.uses_sdk { [7.0, 2.5, 8.0, 10.5] } else { [5.0, 2.0, 5.5, 8.5] };
        let first = if function.name == "get-chart" { 6.0 } else { first };
        let size = if WITH_PICTURES.contains(&function.name.as_str()) { 12.0 } else { size };
        self.check(&format!("{}: size, MB", function.name), function.size, size);
        self.check(
            &format!("{}: spawn to ready, x empty", function.name),
            function.ready / empty.ready,
            ready,
        );
        // A worker's first response is that of its work, which has budgets of its own.
        if function.is_route {
            self.check(
                &format!("{}: spawn to first response, x empty", function.name),
                function.first / empty.first,
                first,
            );
            self.check(&format!("{}: peak memory, MB", function.name), function.memory, memory);
        }
    }

    pub(crate) fn check_read(&mut self, times: &Times) {
        let (through, direct) = times.at(50);
        println!("read through get-metrics {through:.2} ms, directly {direct:.2} ms");
        self.check("get-metrics: uncached read, x PostgREST", through / direct, 1.25);
        let name = "get-metrics: processor time of an uncached read, x empty";
        self.check(name, times.processor_ratio(), 3.0);
    }

    pub(crate) fn check_cached(&mut self, reads: &Cached) {
        let Cached { empty, ok, not_modified } = reads;
        println!(
            "cached read {ok:.3} ms, as a 304 {not_modified:.3} ms, empty invocation {empty:.3} ms"
        );
        self.check("get-metrics: cached read, x empty", ok / empty, 1.75);
        self.check("get-metrics: cached read as a 304, x cached read", not_modified / ok, 1.0);
    }

    pub(crate) fn check_scale(&mut self, reads: &AtScale) {
        for (percentile, budget) in [(50, 1.25), (99, 1.5)] {
            let (through, direct) = reads.times.at(percentile);
            let name =
                format!("get-metrics of 5,000 stocks, c={}, p{percentile}", reads.concurrency);
            println!("{name}: {through:.2} ms, directly {direct:.2} ms");
            self.check(&format!("{name}: x PostgREST"), through / direct, budget);
        }
    }

    pub(crate) fn check_refresh(&mut self, refreshes: &Refreshes) {
        self.check("refresh-symbol: 13 years of bars, s", refreshes.whole_history, 0.5);
        self.check("refresh-symbol: nothing new, s", refreshes.no_change, 0.04);
    }

    fn check(&mut self, name: &str, value: f64, budget: f64) {
        let met = value <= budget;
        self.missed += usize::from(!met);
        println!("{:7} {name}: {value:.2} of {budget}", if met { "met" } else { "NOT MET" });
    }

    pub(crate) fn conclude(&self) -> ExitCode {
        println!("{} budgets are not met", self.missed);
        ExitCode::from(u8::from(self.missed > 0))
    }
}
