//! Judges the rows of a provider's response. A row becomes a bar or is *set aside*, so that one bad
//! row does not cost the stock its refresh. Rows before the wanted days are not judged.
//!
//! A response is refused as a whole when no row is usable, or when more than 2 % of its rows and
//! more than five are bad. Rows may have any order; of two bars of a day, the one that was sent
//! later is kept.

mod fault;
mod text;

use std::mem;

use market::{Bar, Bars, Day, RawBar, RejectedRows};

use self::fault::{Fault, Rejected, Unusable};

/// A response with more bad rows than these is refused, if they are also more than 2 % of its rows.
const MAX_BAD: u64 = 5;
/// The number of rows that are shown with their reasons.
const SHOWN: usize = 5;

/// The days that a refresh asks for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// The first day; `None` for the whole history.
    pub since: Option<Day>,
    /// The current day in UTC. Exchanges can be a day ahead of it.
    pub today: Day,
}

impl Wanted {
    /// The first day. The database stores no earlier one than 1990-01-01.
    pub(crate) fn first(self) -> Day {
        let beginning = Day::from(jiff::civil::date(1990, 1, 1));
        self.since.map_or(beginning, |since| since.max(beginning))
    }
}

/// A row as it was sent. A cell without a value is empty, or a text such as `null`.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Row<'a> {
    /// Its line in a file, or its place in a list, from 1.
    pub line: u64,
    pub day: &'a str,
    pub open: &'a str,
    pub high: &'a str,
    pub low: &'a str,
    pub close: &'a str,
    pub adj_close: &'a str,
    pub volume: &'a str,
    pub adj_volume: &'a str,
    pub split_factor: &'a str,
    pub dividend: &'a str,
    /// True when there are cells that belong to no column: the others may be shifted.
    pub surplus: bool,
}

/// The bars of a response.
#[derive(Debug)]
pub(crate) struct Judged {
    pub bars: Bars,
    /// The rows that were set aside or clipped, if there are any.
    pub rejected: Option<RejectedRows>,
}

/// Takes the rows of a response one by one.
#[derive(Debug)]
pub(crate) struct Judge {
    wanted: Wanted,
    /// What [`Row::line`] counts.
    unit: &'static str,
    /// All rows, and those from the first wanted day on.
    rows: u64,
    judged: u64,
    bars: Vec<(u64, Bar)>,
    /// The number of rows that were set aside, and how many of them count as bad.
    set_aside: u64,
    bad: u64,
    clipped: u64,
    /// The first rows that were set aside.
    first: Vec<Rejected>,
}

impl Judge {
    /// `unit` is the word for what [`Row::line`] counts.
    pub(crate) fn new(wanted: Wanted, unit: &'static str) -> Self {
        Self {
            wanted,
            unit,
            rows: 0,
            judged: 0,
            bars: Vec::new(),
            set_aside: 0,
            bad: 0,
            clipped: 0,
            first: Vec::new(),
        }
    }

    pub(crate) fn row(&mut self, row: &Row<'_>) {
        self.rows += 1;
        let day = text::day(row.day);
        if day.is_ok_and(|day| day < self.wanted.first()) {
            return;
        }
        self.judged += 1;
        match self.bar(row, day) {
            Ok(bar) => self.bars.push((row.line, bar)),
            Err((column, fault)) => {
                self.set_aside(Rejected { line: row.line, day: day.ok(), column, fault });
            }
        }
    }

    fn bar(
        &mut self,
        row: &Row<'_>,
        day: Result<Day, Fault>,
    ) -> Result<Bar, (&'static str, Fault)> {
        let day = of("day", day)?;
        if day > last_stored() {
            return Err(("day", Fault::NotStored));
        }
        if day > self.wanted.today.next() {
            return Err(("day", Fault::Future));
        }
        if row.surplus {
            return Err(("row", Fault::Surplus));
        }
        let split_factor = of("split_factor", text::amount(row.split_factor))?;
        let adj_volume = of("adj_volume", text::volume(row.adj_volume))?;
        let sent = RawBar {
            day,
            open: of("open", text::price(row.open))?,
            high: of("high", text::price(row.high))?,
            low: of("low", text::price(row.low))?,
            close: of("close", text::price(row.close))?,
            adj_close: of("adj_close", text::price(row.adj_close))?,
            volume: of("volume", text::volume(row.volume))?,
            adj_volume: adj_volume.filter(|_| split_factor.is_some()),
            split_factor,
            dividend: of("dividend", text::amount(row.dividend))?,
        };
        let clipped = sent.clipped();
        let bar = Bar::try_from(clipped).map_err(Fault::of_bar)?;
        self.clipped += u64::from(clipped != sent);
        Ok(bar)
    }

    fn set_aside(&mut self, row: Rejected) {
        self.set_aside += 1;
        self.bad += u64::from(row.fault.is_bad());
        if self.first.len() < SHOWN {
            self.first.push(row);
        }
    }

    /// The bars, at least one.
    pub(crate) fn finish(mut self) -> Result<Judged, Unusable> {
        self.set_aside_missing_volumes();
        self.first.sort_by_key(|row| row.line);
        self.first.truncate(SHOWN);
        self.check()?;
        let bars: Vec<Bar> = self.bars.iter().map(|(_, bar)| *bar).collect();
        let rejected = (self.set_aside + self.clipped > 0).then(|| self.rejected());
        Ok(Judged { bars: Bars::default().with(&bars).with_adj_volumes(), rejected })
    }

    /// An index may have no volumes. A single row without one, where most have one, is incomplete.
    fn set_aside_missing_volumes(&mut self) {
        let count = self.bars.iter().filter(|(_, bar)| bar.volume().is_none()).count();
        if count == 0 || 2 * count >= self.bars.len() {
            return;
        }
        let bars = mem::take(&mut self.bars).into_iter();
        let (with, without): (Vec<_>, Vec<_>) = bars.partition(|(_, bar)| bar.volume().is_some());
        self.bars = with;
        let mut shown = mem::take(&mut self.first);
        for (line, bar) in without {
            let day = Some(bar.day());
            self.set_aside(Rejected { line, day, column: "volume", fault: Fault::NoVolume });
        }
        self.first.append(&mut shown);
    }

    fn check(&self) -> Result<(), Unusable> {
        let first = || self.first.first().map(|row| row.reason(self.unit)).unwrap_or_default();
        let (bad, judged) = (self.bad, self.judged);
        if self.rows == 0 {
            Err(Unusable::NoRows)
        } else if judged == 0 {
            Err(Unusable::NoRowsSince(self.wanted.first()))
        } else if self.bars.is_empty() {
            Err(Unusable::NoBars(first()))
        } else if bad > MAX_BAD && bad * 50 > judged {
            Err(Unusable::TooManyBad { bad, judged, first: first() })
        } else {
            Ok(())
        }
    }

    fn rejected(&self) -> RejectedRows {
        RejectedRows {
            count: self.set_aside,
            clipped: self.clipped,
            reasons: self.first.iter().map(|row| row.reason(self.unit)).collect(),
            days: self.first.iter().filter_map(|row| row.day).collect(),
        }
    }
}

/// The value of a column, or its name and the fault.
fn of<T>(column: &'static str, value: Result<T, Fault>) -> Result<T, (&'static str, Fault)> {
    value.map_err(|fault| (column, fault))
}

/// The last day with a partition in the database.
fn last_stored() -> Day {
    Day::from(jiff::civil::date(2045, 12, 31))
}
