//! Why a row is set aside, and why a response is refused.

use market::{AmountError, BarError, Day, DayError, PriceError};

/// Why a response is refused as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unusable {
    #[error("it has no rows")]
    NoRows,
    #[error("it has no rows since {0}")]
    NoRowsSince(Day),
    /// With the reason of the first row.
    #[error("it has no usable rows: {0}")]
    NoBars(String),
    #[error("{bad} of {judged} rows are bad, the first: {first}")]
    TooManyBad { bad: u64, judged: u64, first: String },
}

/// A row that was set aside.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rejected {
    pub line: u64,
    /// Its day, if that is valid.
    pub day: Option<Day>,
    pub column: &'static str,
    pub fault: Fault,
}

impl Rejected {
    /// The place and the reason. It quotes no cell: a response may repeat the credentials.
    pub(super) fn reason(&self, unit: &str) -> String {
        format!("{unit} {}, {}: {}", self.line, self.column, self.fault)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    #[error("there is no value")]
    Missing,
    #[error("there are more cells than columns")]
    Surplus,
    #[error(transparent)]
    Day(#[from] DayError),
    #[error("the day is later than tomorrow")]
    Future,
    #[error("days after 2045 are not stored")]
    NotStored,
    #[error(transparent)]
    Price(#[from] PriceError),
    #[error(transparent)]
    Amount(#[from] AmountError),
    #[error("a volume is a number of shares, 0 or more")]
    Volume,
    #[error("there is no volume, but most rows have one")]
    NoVolume,
    #[error(transparent)]
    Bar(BarError),
}

impl Fault {
    /// The column of a bar's error, and its fault.
    pub(super) fn of_bar(error: BarError) -> (&'static str, Self) {
        let column = match error {
            BarError::HighTooLow(_) => "high",
            BarError::LowTooHigh(_) => "low",
            BarError::PriceDoesNotFit(_) => "price",
            BarError::VolumeTooLarge(_) => "volume",
            BarError::SplitFactorIsZero(_) => "split_factor",
            BarError::NoSplitFactor(_) => "adj_volume",
        };
        (column, Self::Bar(error))
    }

    /// False for a row that is not at fault: the database has no place for its day.
    pub(super) fn is_bad(self) -> bool {
        self != Self::NotStored
    }
}
