//! The days of a picture.

use std::str::FromStr;

use market::Day;
use shared::{http::Query, problem::Problem};

/// The days that a chart shows.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Period {
    /// Up to the stock's last day.
    Latest(Range),
    /// From the first to the last of these days, both included; without one, from the stock's
    /// first or up to its last.
    Between(Option<Day>, Option<Day>),
}

impl Period {
    /// `from` and `to`, or `range`; a 400 for both.
    pub(super) fn of(query: Query<'_>) -> Result<Self, Problem> {
        let (from, to) = (query.get::<Day>("from")?, query.get::<Day>("to")?);
        let given = match (from, to) {
            (None, None) => {
                return Ok(Self::Latest(query.get("range")?.unwrap_or_default()));
            }
            (None, Some(_)) => "to",
            (Some(_), _) => "from",
        };
        query.without(given, |name| name == "range")?;
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            let detail = "The first day must not be after the last.";
            return Err(Problem::invalid("from", "after_to", detail));
        }
        Ok(Self::Between(from, to))
    }
}

/// A period up to the stock's last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Range {
    Month,
    Quarter,
    HalfYear,
    #[default]
    Year,
    TwoYears,
    FiveYears,
    All,
}

impl Range {
    /// The length of the period; `None` for the whole history.
    pub(crate) fn months(self) -> Option<u32> {
        Some(match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::HalfYear => 6,
            Self::Year => 12,
            Self::TwoYears => 24,
            Self::FiveYears => 60,
            Self::All => return None,
        })
    }

    /// True up to six months.
    pub(crate) fn is_short(self) -> bool {
        self.months().is_some_and(|months| months <= 6)
    }
}

impl FromStr for Range {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "1m" => Self::Month,
            "3m" => Self::Quarter,
            "6m" => Self::HalfYear,
            "1y" => Self::Year,
            "2y" => Self::TwoYears,
            "5y" => Self::FiveYears,
            "max" => Self::All,
            _ => return Err("must be one of 1m, 3m, 6m, 1y, 2y, 5y and max"),
        })
    }
}
