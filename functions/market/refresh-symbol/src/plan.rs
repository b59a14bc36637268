//! Decides what a refresh has to write, from the stored bars and those that the provider returned.

use serde::Deserialize;

use market::{Bar, Bars, Day, Price};

/// Calendar days before the last stored day from which bars are fetched again, to notice
/// corrections.
pub const OVERLAP_DAYS: i32 = 7;

/// The relative difference above which two adjusted closes of a day are different: a split or a
/// dividend came between.
const ADJUSTMENT: f64 = 1e-6;

/// The stored state of one symbol: the result of `refresh_state`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Stored {
    /// Counts the refreshes; `apply_refresh` refuses any other than the current one.
    pub version: i64,
    /// True while the symbol is followed.
    pub active: bool,
    /// The provider of the history: the last one whose whole history was read; none before the
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
    /// The day from which bars have to be fetched; `None` for the whole history.
    pub fn fetch_from(&self) -> Option<Day> {
        self.last_day.map(|day| day.days_before(OVERLAP_DAYS))
    }
}

/// The decision of a refresh.
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

/// Compares the stored bars with the provider's of [`Stored::fetch_from`] and later.
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

/// True when the two overlap, and the provider has every recent day with the stored adjusted close.
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

/// The first fetched day that is not stored, or differs as traded. Days before the recent bars are
/// not compared.
fn first_change(recent: &Bars, fetched: &Bars) -> Option<Day> {
    let compared = fetched.since(recent.first_day()?);
    compared
        .iter()
        .find(|bar| recent.on(bar.day()).is_none_or(|stored| traded(stored) != traded(bar)))
        .map(Bar::day)
}

/// Prices and volume as traded.
fn traded(bar: &Bar) -> ([Price; 4], u64) {
    ([bar.open(), bar.high(), bar.low(), bar.close()], bar.volume())
}
