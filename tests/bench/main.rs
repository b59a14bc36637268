//! Measures release bootstraps next to an empty function, in turn, and compares them with their
//! budgets.
//!
//! `make bench` builds them and runs this while the local stack is up; `make bench F=get-metrics`
//! for one function. `make bench-scale` measures get-metrics among 5,000 stocks instead.
//! A budget is judged on the median of several rounds. Exit code 1: a budget is not met.

mod measure;
mod reads;
mod refresh;
mod relay;
mod report;
mod requests;
mod rounds;
mod scale;
mod turns;

use std::process::ExitCode;

use measure::{Bench, EMPTY, Measured};
use report::Budgets;
use support::stack::Stack;

/// The argument that measures 5,000 stocks instead of functions.
const SCALE: &str = "scale";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let bench = Bench::new().await;
    let verdict =
        if wanted == [SCALE] { at_scale(&bench).await } else { functions(&bench, &wanted).await };
    bench.requests.clean_up(&Stack::running()).await;
    verdict
}

async fn at_scale(bench: &Bench) -> ExitCode {
    let mut budgets = Budgets::default();
    for reads in scale::both(bench).await {
        budgets.check_scale(&reads);
    }
    budgets.conclude()
}

async fn functions(bench: &Bench, wanted: &[String]) -> ExitCode {
    let names: Vec<String> = std::iter::once(EMPTY.to_owned())
        .chain(
            measure::functions()
                .into_iter()
                .filter(|name| wanted.is_empty() || wanted.contains(name)),
        )
        .collect();
    let measured = bench.all(&names).await;
    judge(bench, &measured).await
}

async fn judge(bench: &Bench, measured: &[Measured]) -> ExitCode {
    let Some((empty, functions)) = measured.split_first() else { return ExitCode::FAILURE };
    let mut budgets = Budgets::default();
    report::table(empty, functions);
    for function in functions {
        budgets.check_start(empty, function);
    }
    if has(functions, "get-metrics") {
        budgets.check_read(&reads::uncached(bench).await);
        budgets.check_cached(&reads::cached(bench).await);
    }
    if has(functions, "refresh-symbol") {
        budgets.check_refresh(&refresh::both(bench).await);
    }
    budgets.conclude()
}

fn has(functions: &[Measured], name: &str) -> bool {
    functions.iter().any(|function| function.name == name)
}
