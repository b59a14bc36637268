//! The horizontal axis: maps days to x positions.

use jiff::{ToSpan, civil::Date};
use market::{Day, HistoryRow};

/// The horizontal axis, shared by all panels. Every row has the same width; days without trading
/// have none.
#[derive(Debug)]
pub(crate) struct Calendar {
    days: Vec<Day>,
    pub left: f64,
    pub right: f64,
}

/// The distance between marked dates.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// Every row.
    Rows,
    /// A Monday; this many weeks apart.
    Weeks(i32),
    /// The first day of a month, counted from January; this many months apart.
    Months(i8),
    /// 1 January of each year divisible by this.
    Years(i16),
}

/// From the finest to the coarsest.
const STEPS: [Step; 12] = [
    Step::Rows,
    Step::Weeks(1),
    Step::Weeks(2),
    Step::Months(1),
    Step::Months(2),
    Step::Months(3),
    Step::Months(6),
    Step::Years(1),
    Step::Years(2),
    Step::Years(5),
    Step::Years(10),
    Step::Years(20),
];

impl Calendar {
    /// From rows, oldest first, between two x positions.
    pub(crate) fn new(rows: &[HistoryRow], left: f64, right: f64) -> Self {
        Self { days: rows.iter().map(|row| row.day).collect(), left, right }
    }

    /// The width of one row in pixels.
    pub(crate) fn slot(&self) -> f64 {
        (self.right - self.left) / count(self.days.len().max(1))
    }

    /// The x positions of the rows.
    pub(crate) fn middles(&self) -> impl Iterator<Item = f64> {
        let (first, slot) = (self.left + self.slot() / 2.0, self.slot());
        (0..self.days.len()).map(move |index| first + count(index) * slot)
    }

    /// The width of a bar: whole pixels, unless the rows are closer than two of them.
    pub(crate) fn bar(&self) -> f64 {
        let slot = self.slot();
        if slot < 2.0 { slot } else { (slot * 0.8).round().min(25.0) }
    }

    /// The width of a candle: an odd number of pixels, so that its wick is in the middle.
    pub(crate) fn candle(&self) -> f64 {
        let half = (self.slot() * 0.8 - 1.0) / 2.0;
        half.floor().clamp(0.0, 12.0) * 2.0 + 1.0
    }

    /// The nearest middle of a bar of this width that gives it sharp edges.
    pub(crate) fn snapped(&self, x: f64, width: f64) -> f64 {
        if self.slot() < 2.0 { x } else { (x - width / 2.0).round() + width / 2.0 }
    }

    /// The x position of a day, or of the first row after it.
    pub(crate) fn x(&self, day: Day) -> f64 {
        self.left + (count(self.days.partition_point(|known| *known < day)) + 0.5) * self.slot()
    }

    /// The dates to mark, with their labels, at the finest step with at most `count` of them.
    pub(crate) fn ticks(&self, count: usize) -> Vec<(Day, String)> {
        let fitting = STEPS
            .into_iter()
            .map(|step| (step, self.dates(step)))
            .find(|(_, dates)| dates.len() <= count);
        let Some((step, dates)) = fitting else { return Vec::new() };
        dates
            .into_iter()
            .enumerate()
            .map(|(index, date)| (Day::from(date), label(step, index == 0, date)))
            .collect()
    }

    fn dates(&self, step: Step) -> Vec<Date> {
        if matches!(step, Step::Rows) {
            return self.days.iter().map(|day| day.date()).collect();
        }
        let (Some(first), Some(last)) = (self.days.first(), self.days.last()) else {
            return Vec::new();
        };
        let all = std::iter::successors(first_of(step, first.date()), |date| next(step, *date));
        all.skip_while(|date| *date < first.date())
            .take_while(|date| *date <= last.date())
            .collect()
    }
}

/// A number of rows as a float, exactly.
fn count(rows: usize) -> f64 {
    u32::try_from(rows).unwrap_or(u32::MAX).into()
}

/// The last date of the step that is not after `date`.
fn first_of(step: Step, date: Date) -> Option<Date> {
    match step {
        Step::Rows => Some(date),
        Step::Weeks(_) => {
            date.checked_sub(i32::from(date.weekday().to_monday_zero_offset()).days()).ok()
        }
        Step::Months(count) => {
            Date::new(date.year(), date.month() - (date.month() - 1) % count, 1).ok()
        }
        Step::Years(count) => Date::new(date.year() - date.year() % count, 1, 1).ok(),
    }
}

fn next(step: Step, date: Date) -> Option<Date> {
    let span = match step {
        Step::Rows => 1.day(),
        Step::Weeks(count) => count.weeks(),
        Step::Months(count) => i32::from(count).months(),
        Step::Years(count) => i32::from(count).years(),
    };
    date.checked_add(span).ok()
}

/// `4 Feb`, `Mar` or `2013`; the first month has its year: `Mar 2013`.
fn label(step: Step, first: bool, date: Date) -> String {
    let format = match step {
        Step::Rows | Step::Weeks(_) => "%-d %b",
        Step::Months(_) if date.month() == 1 => "%Y",
        Step::Months(_) if first => "%b %Y",
        Step::Months(_) => "%b",
        Step::Years(_) => "%Y",
    };
    date.strftime(format).to_string()
}
