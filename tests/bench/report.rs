//! The table of figures and the verdict on each budget.

use std::process::ExitCode;

use crate::{
    measure::Measured, reads::Cached, refresh::Refreshes, rounds::Rounds, scale::AtScale,
    turns::Times,
};

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
            ratio(&row.ready, &empty.ready),
            ratio(&row.first, &empty.first),
            ratio(&row.warm, &empty.warm),
            row.memory.median()
        );
    }
    println!();
}

/// A figure with its ratio to that of the empty function.
fn ratio(figure: &Rounds, base: &Rounds) -> String {
    format!("{:.2} ({:.1} x)", figure.median(), figure.ratio_to(base).median())
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
        let name = |figure| format!("{}: {figure}", function.name);
        self.check(&name("size, MB"), &Rounds::from_iter([function.size]), size);
        let ratio = function.ready.ratio_to(&empty.ready);
        self.check(&name("spawn to ready, x empty"), &ratio, ready);
        // A worker's first response is that of its work, which has budgets of its own.
        if function.is_route {
            let ratio = function.first.ratio_to(&empty.first);
            self.check(&name("spawn to first response, x empty"), &ratio, first);
            self.check(&name("peak memory, MB"), &function.memory, memory);
        }
    }

    pub(crate) fn check_read(&mut self, rounds: &[Times]) {
        self.check_through("get-metrics: uncached read", rounds, 50, 1.25);
        let name = "get-metrics: processor time of an uncached read, x empty";
        self.check(name, &rounds.iter().map(Times::processor_ratio).collect(), 3.0);
    }

    pub(crate) fn check_cached(&mut self, reads: &Cached) {
        let Cached { empty, ok, not_modified } = reads;
        println!("cached read {ok} ms, as a 304 {not_modified} ms, empty invocation {empty} ms");
        self.check("get-metrics: cached read, x empty", &ok.ratio_to(empty), 1.75);
        let name = "get-metrics: cached read as a 304, x cached read";
        self.check(name, &not_modified.ratio_to(ok), 1.0);
    }

    pub(crate) fn check_scale(&mut self, reads: &AtScale) {
        for (percentile, budget) in [(50, 1.25), (99, 1.5)] {
            let name =
                format!("get-metrics of 5,000 stocks, c={}, p{percentile}", reads.concurrency);
            self.check_through(&name, &reads.rounds, percentile, budget);
        }
    }

    /// Reads through get-metrics, compared with the same requests sent directly to `PostgREST`.
    fn check_through(&mut self, name: &str, rounds: &[Times], percentile: usize, budget: f64) {
        let (through, direct): (Vec<_>, Vec<_>) =
            rounds.iter().map(|times| times.at(percentile)).unzip();
        let (through, direct) = (Rounds::from_iter(through), Rounds::from_iter(direct));
        println!("{name}: {through} ms, directly {direct} ms");
        self.check(&format!("{name}, x PostgREST"), &through.ratio_to(&direct), budget);
    }

    pub(crate) fn check_refresh(&mut self, refreshes: &Refreshes) {
        self.check("refresh-symbol: 13 years of bars, s", &refreshes.whole_history, 0.5);
        self.check("refresh-symbol: nothing new, s", &refreshes.no_change, 0.04);
    }

    fn check(&mut self, name: &str, figure: &Rounds, budget: f64) {
        let met = figure.median() <= budget;
        self.missed += usize::from(!met);
        println!("{:7} {name}: {figure} of {budget}", if met { "met" } else { "NOT MET" });
    }

    pub(crate) fn conclude(&self) -> ExitCode {
        println!("{} budgets are not met", self.missed);
        ExitCode::from(u8::from(self.missed > 0))
    }
}
