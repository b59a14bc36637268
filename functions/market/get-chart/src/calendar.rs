//! Days as pixels: the horizontal axis.

use jiff::{ToSpan, civil::Date};
use market::{Day, HistoryRow};

/// The horizontal axis, which all panels have in common. Each row gets the same width, so days
/// without trading get none.
#[derive(Debug)]
pub(crate) struct Calendar {
    days: Vec<Day>,
    pub left: f64,
    pub right: f64,
}

/// The distance between marked dates.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// Mondays, every so many weeks.
    Weeks(i32),
    /// The first days of months, every so many months.
    Months(i8),
    /// The first days of years that are divisible by this.
    Years(i16),
}

/// From the finest to the coarsest.
const STEPS: [Step; 11] = [
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
    /// Of rows in the order of time, between two pixels.
    pub(crate) fn new(rows: &[HistoryRow], left: f64, right: f64) -> Self {
        Self { days: rows.iter().map(|row| row.day).collect(), left, right }
    }

    /// The pixels of one row.
    pub(crate) fn slot(&self) -> f64 {
        (self.right - self.left) / count(self.days.len().max(1))
    }

    /// The pixel of a day, or of the first one after it.
    pub(crate) fn x(&self, day: Day) -> f64 {
        self.left + (count(self.days.partition_point(|known| *known < day)) + 0.5) * self.slot()
    }

    /// Dates to mark with their labels: the finest step that gives at most `count`, or nothing.
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
        let (Some(first), Some(last)) = (self.days.first(), self.days.last()) else {
            return Vec::new();
        };
        let all = std::iter::successors(first_of(step, first.date()), |date| next(step, *date));
        all.skip_while(|date| *date < first.date())
            .take_while(|date| *date <= last.date())
            .collect()
    }
}

/// A number of rows as a float, which holds it exactly.
fn count(rows: usize) -> f64 {
    u32::try_from(rows).unwrap_or(u32::MAX).into()
}

/// The date of the series that is at or just before `date`.
fn first_of(step: Step, date: Date) -> Option<Date> {
    match step {
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
        Step::Weeks(count) => count.weeks(),
        Step::Months(count) => i32::from(count).months(),
        Step::Years(count) => i32::from(count).years(),
    };
    date.checked_add(span).ok()
}

/// `4 Feb`, `Mar` or `2013`; the first month has its year, too.
fn label(step: Step, first: bool, date: Date) -> String {
    let format = match step {
        Step::Weeks(_) => "%-d %b",
        Step::Months(_) if date.month() == 1 => "%Y",
        Step::Months(_) if first => "%b %Y",
        Step::Months(_) => "%b",
        Step::Years(_) => "%Y",
    };
    date.strftime(format).to_string()
}
