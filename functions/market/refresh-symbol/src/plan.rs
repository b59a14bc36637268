//! Decides what a refresh has to write, from what is stored and what the provider has just
//! answered.

use serde::Deserialize;

use market::{Bar, Bars, Day};

/// Calendar days before the last stored day from which bars are fetched again, to notice
/// corrections.
pub const OVERLAP_DAYS: i32 = 7;

/// The relative difference above which two adjusted closes of a day are different: a split or a
/// dividend came between.
const ADJUSTMENT: f64 = 1e-6;

/// What is stored of one symbol: the answer of `refresh_state`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Stored {
    /// Counts the refreshes; `apply_refresh` refuses any other than the current one.
    pub version: i64,
    /// Whether the symbol is still followed.
    pub active: bool,
    /// Whose history it is: the provider that was last read from the beginning; none before the
    /// first refresh.
    pub provider: Option<String>,
    /// The newest day with a bar; none before the first refresh.
    pub last_day: Option<Day>,
    /// The bars of the last [`OVERLAP_DAYS`] days up to `last_day`.
    pub recent: Bars,
    /// The first of the last days that have no beta although the benchmark has its bars by now.
    pub beta_from: Option<Day>,
}

impl Stored {
    /// The day from which bars have to be fetched; none means all there are.
    pub fn fetch_from(&self) -> Option<Day> {
        self.last_day.map(|day| day.days_before(OVERLAP_DAYS))
    }
}

/// What a refresh has to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan<'a> {
    /// Everything is stored already.
    NoChange,
    /// The stored history is no longer the provider's: fetch all bars and replace everything.
    FetchAll,
    /// Store `bars`, which are new or corrected, and rewrite the metrics of `history_from` and
    /// later. Without bars it is the metrics alone: a beta that waited for its benchmark.
    Append {
        /// Bars to store, oldest first.
        bars: &'a [Bar],
        /// The first day whose metrics change.
        history_from: Day,
    },
}

/// Compares what is stored with the provider's bars of [`Stored::fetch_from`] and later.
#[must_use]
pub fn plan<'a>(stored: &Stored, fetched: &'a Bars) -> Plan<'a> {
    if !is_same_history(&stored.recent, fetched) {
        return Plan::FetchAll;
    }
    let changed = first_change(&stored.recent, fetched);
    let bars = changed.map_or(&[][..], |day| fetched.since(day));
    match changed.into_iter().chain(stored.beta_from).min() {
        Some(history_from) => Plan::Append { bars, history_from },
        None => Plan::NoChange,
    }
}

/// Whether the two overlap, and the provider still has every recent day with the adjusted close
/// that is stored.
fn is_same_history(recent: &Bars, fetched: &Bars) -> bool {
    let Some(last) = fetched.last_day() else { return false };
    let mut overlap = recent.iter().take_while(|bar| bar.day() <= last).peekable();
    overlap.peek().is_some()
        && overlap.all(|bar| fetched.on(bar.day()).is_some_and(|other| is_same_close(bar, other)))
}

fn is_same_close(stored: &Bar, fetched: &Bar) -> bool {
    let (stored, fetched) = (stored.adj_close().to_f64(), fetched.adj_close().to_f64());
    (fetched - stored).abs() <= ADJUSTMENT * stored
}

/// The first fetched day that is not stored, or not as it was traded. What lies before the recent
/// bars is not compared.
fn first_change(recent: &Bars, fetched: &Bars) -> Option<Day> {
    let compared = fetched.since(recent.first_day()?);
    let changed =
        |bar: &&Bar| !recent.on(bar.day()).is_some_and(|stored| is_same_trading(stored, bar));
    compared.iter().find(changed).map(Bar::day)
}

fn is_same_trading(stored: &Bar, fetched: &Bar) -> bool {
    let traded = |bar: &Bar| (bar.open(), bar.high(), bar.low(), bar.close(), bar.volume());
    traded(stored) == traded(fetched)
}
