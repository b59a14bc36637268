//! A trading day.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};

/// A trading day: a date of the exchange, without a time zone. Written and read as ISO 8601,
/// `2013-03-01`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

/// The text is not a date in the form `2013-03-01`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a day is a valid date, YYYY-MM-DD")]
pub struct DayError;

impl Day {
    /// The date.
    pub fn date(self) -> Date {
        self.0
    }

    /// The day `days` calendar days earlier, or the first representable one.
    #[must_use]
    pub fn days_before(self, days: i32) -> Self {
        Self(self.0.saturating_sub(jiff::Span::new().days(days)))
    }

    /// The next calendar day, or the last representable one.
    #[must_use]
    pub fn next(self) -> Self {
        self.days_before(-1)
    }
}

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        Self(date)
    }
}

impl TryFrom<&str> for Day {
    type Error = DayError;

    fn try_from(text: &str) -> Result<Self, DayError> {
        // The parser below also accepts other forms, such as a date with a time.
        let dashes =
            text.bytes().enumerate().all(|(at, byte)| (byte == b'-') == (at == 4 || at == 7));
        if text.len() != 10 || !dashes {
            return Err(DayError);
        }
        // Postgres has no year 0: 1 BC comes before AD 1.
        text.parse().ok().filter(|date: &Date| date.year() > 0).map(Self).ok_or(DayError)
    }
}

impl FromStr for Day {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Self, DayError> {
        Self::try_from(text)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(DayVisitor)
    }
}

/// Reads a day without copying its text.
struct DayVisitor;

impl Visitor<'_> for DayVisitor {
    type Value = Day;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a day written as YYYY-MM-DD")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Day, E> {
        text.parse().map_err(E::custom)
    }
}
