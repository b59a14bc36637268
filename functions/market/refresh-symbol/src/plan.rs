//! Decides what a refresh has to write, from the stored bars and those that the provider returned.

use jiff::Timestamp;
use serde::Deserialize;

use market::{Amount, Bar, Bars, Day, Price, metrics::State};

/// The number of calendar days before the last stored day that are fetched again, to detect
/// corrections.
pub const OVERLAP_DAYS: i32 = 7;

/// A larger relative difference between the stored and the fetched adjusted close of a day is a
/// corporate action; a smaller one is rounding.
const ADJUSTMENT: f64 = 1e-6;

/// The stored state of one symbol: the result of `refresh_state`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Stored {
    /// The number of refreshes; `apply_refresh` rejects changes computed from an older one.
    pub version: i64,
    /// True while the symbol is followed.
    pub active: bool,
    /// The last refresh.
    pub refreshed_at: Option<Timestamp>,
    /// The last refresh that fetched the whole history.
    pub reconciled_at: Option<Timestamp>,
    /// True after a failed refresh, until its retry is due.
    pub waits_for_retry: bool,
    /// The provider of the first bar; a fallback provider may have added later ones. `None` before
    /// the first refresh.
    pub provider: Option<String>,
    /// The last day with a bar; `None` before the first refresh.
    pub last_day: Option<Day>,
    /// The bars of `last_day` and of the [`OVERLAP_DAYS`] calendar days before it.
    pub recent: Bars,
    /// The state of the metrics at `last_day`. `None` if the next refresh must compute them from
    /// the first bar on.
    #[serde(deserialize_with = "State::stored")]
    pub state: Option<State>,
    /// True for the benchmark itself.
    pub is_benchmark: bool,
    /// The version of the benchmark's closes; `None` without a benchmark, and for the benchmark.
    pub benchmark_version: Option<i64>,
    /// The first day whose beta is outdated: it is of another benchmark, or the benchmark's closes
    /// changed since it was computed, or have its day only now.
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
    /// Store `bars`, which are new or corrected, and the metrics from `history_from` on. Without
    /// bars, only metrics are stored: betas are outdated.
    Append {
        /// Bars to store, oldest first.
        bars: &'a [Bar],
        /// The first day whose metrics change.
        history_from: Day,
    },
}

/// Compares the stored bars with those fetched from [`Stored::fetch_from`] on.
#[must_use]
pub fn plan<'a>(stored: &Stored, fetched: &'a Bars) -> Plan<'a> {
    if !is_same_history(&stored.recent, fetched) || has_new_split(&stored.recent, fetched) {
        return Plan::FetchAll;
    }
    let changed = first_change(&stored.recent, fetched);
    let bars = changed.map_or(&[][..], |day| fetched.since(day));
    match changed.into_iter().chain(stored.beta_from).min() {
        Some(history_from) => Plan::Append { bars, history_from },
        None => Plan::NoChange,
    }
}

/// True when the two overlap and, up to the last fetched day, every stored day was fetched with the
/// same adjusted close. The last stored day may be corrected: it may have been stored before its
/// close.
fn is_same_history(recent: &Bars, fetched: &Bars) -> bool {
    let Some(last) = fetched.last_day() else { return false };
    let mut overlap = recent.iter().take_while(|bar| bar.day() <= last).peekable();
    overlap.peek().is_some()
        && overlap.all(|bar| {
            fetched.on(bar.day()).is_some_and(|other| {
                is_same_close(bar, other) || is_last(recent, bar) && bar.close() != other.close()
            })
        })
}

/// True when a fetched day has another split factor than is stored: it changes the adjusted volumes
/// of all earlier days, also where the provider gives no adjusted closes.
fn has_new_split(recent: &Bars, fetched: &Bars) -> bool {
    let Some(first) = recent.first_day() else { return false };
    fetched.since(first).iter().any(|bar| {
        let stored = recent.on(bar.day()).and_then(Bar::split_factor).unwrap_or(Amount::ONE);
        bar.split_factor().is_some_and(|factor| factor != stored)
    })
}

/// True for the last of several bars.
fn is_last(recent: &Bars, bar: &Bar) -> bool {
    recent.last_day() == Some(bar.day()) && recent.first_day() < recent.last_day()
}

fn is_same_close(stored: &Bar, fetched: &Bar) -> bool {
    let (stored, fetched) = (stored.adj_close().to_f64(), fetched.adj_close().to_f64());
    (fetched - stored).abs() <= ADJUSTMENT * stored
}

/// The first fetched day that is not stored, or whose values differ, without its adjusted close.
/// Days before the recent bars are not compared. A provider without volumes, split factors or
/// dividends changes none.
fn first_change(recent: &Bars, fetched: &Bars) -> Option<Day> {
    let compared = fetched.since(recent.first_day()?);
    compared
        .iter()
        .find(|bar| recent.on(bar.day()).is_none_or(|stored| differ(stored, bar)))
        .map(Bar::day)
}

fn differ(stored: &Bar, fetched: &Bar) -> bool {
    traded(stored) != traded(fetched)
        || adds(stored.volume(), fetched.volume())
        || adds(stored.adj_volume(), fetched.adj_volume())
        || adds(stored.split_factor(), fetched.split_factor())
        || adds(stored.dividend(), fetched.dividend())
}

/// True for a fetched value that is not the stored one.
fn adds<T: PartialEq + Copy>(stored: Option<T>, fetched: Option<T>) -> bool {
    fetched.is_some() && stored != fetched
}

/// Prices as traded.
fn traded(bar: &Bar) -> [Price; 4] {
    [bar.open(), bar.high(), bar.low(), bar.close()]
}
