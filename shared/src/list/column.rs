//! What a list consists of: its columns, declared once for filters, sort and fields.

use jiff::Timestamp;
use rust_decimal::Decimal;

/// Writes a value in the one form that the store gets; the error says what is accepted.
pub type Parse = fn(&str) -> Result<String, String>;

/// What the values of a column are.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Text in a form of its own that has an order: an id, a date.
    Key(Parse),
    /// Text for people; compared for equality only.
    Text,
    /// `true` or `false`.
    Bool,
    /// A whole number of 64 bits.
    Integer,
    /// A decimal number with all its digits.
    Decimal,
    /// A floating-point number.
    Number,
    /// A point in time.
    Instant,
    /// Something with parts of its own, which is neither compared nor sorted.
    Object,
}

const MAX_TEXT: usize = 100;
/// The database knows no year 0.
const FIRST_INSTANT: Timestamp = Timestamp::constant(-62_135_596_800, 0);

impl Kind {
    /// Whether values have an order that callers may ask about.
    pub const fn is_ordered(self) -> bool {
        !matches!(self, Self::Text | Self::Bool | Self::Object)
    }

    /// The value in the one form that the store gets; the error says what is accepted.
    pub fn parse(self, text: &str) -> Result<String, String> {
        match self {
            Self::Key(parse) => parse(text),
            Self::Text => parse_text(text),
            Self::Bool if matches!(text, "true" | "false") => Ok(text.to_owned()),
            Self::Bool => Err("must be true or false".to_owned()),
            Self::Integer => text.parse().map(|number: i64| number.to_string()).map_err(|_| NO_INTEGER.to_owned()),
            Self::Decimal => decimal(text).map_or_else(|| float(text), |number| Ok(number.to_string())),
            Self::Number => float(text),
            Self::Instant => instant(text),
            Self::Object => Err("has no values to compare with".to_owned()),
        }
    }
}

const NO_INTEGER: &str = "must be a whole number of 64 bits";

fn parse_text(text: &str) -> Result<String, String> {
    let fits = !text.is_empty() && text.chars().count() <= MAX_TEXT && !text.chars().any(char::is_control);
    if fits { Ok(text.to_owned()) } else { Err(format!("must be 1 to {MAX_TEXT} printable characters")) }
}

fn decimal(text: &str) -> Option<Decimal> {
    is_number(text).then(|| Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text)).ok()).flatten()
}

/// Words such as `inf` and underscores are parts of numbers to parsers, and not to us.
fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte))
}

fn float(text: &str) -> Result<String, String> {
    let number = is_number(text).then(|| text.parse().ok()).flatten();
    let finite = number.filter(|number: &f64| number.is_finite());
    finite.map(|number| number.to_string()).ok_or_else(|| "must be a number".to_owned())
}

fn instant(text: &str) -> Result<String, String> {
    let instant = text.parse().ok().filter(|instant: &Timestamp| *instant >= FIRST_INSTANT);
    instant
        .map(|instant| instant.to_string())
        .ok_or_else(|| "must be an instant such as 2026-03-02T09:30:00Z".to_owned())
}

/// A field of a list's items.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each answers a question of its own")]
pub struct Column {
    /// As in JSON, in the store and in queries.
    pub name: &'static str,
    pub kind: Kind,
    /// Whether `name=value` is a filter, and `name.gte=` and its kind where values have an order.
    pub filterable: bool,
    pub sortable: bool,
    /// Whether it may have no value.
    pub nullable: bool,
    /// Whether an item can be read without it, when nobody asks for it.
    pub optional: bool,
}

impl Column {
    /// A column that is only shown.
    pub const fn shown(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, filterable: false, sortable: false, nullable: false, optional: false }
    }

    /// May be filtered by.
    #[must_use]
    pub const fn filterable(self) -> Self {
        Self { filterable: true, ..self }
    }

    /// May be sorted by.
    #[must_use]
    pub const fn sortable(self) -> Self {
        Self { sortable: true, ..self }
    }

    /// May be null.
    #[must_use]
    pub const fn nullable(self) -> Self {
        Self { nullable: true, ..self }
    }

    /// May be left out by whoever reads an item.
    #[must_use]
    pub const fn optional(self) -> Self {
        Self { optional: true, ..self }
    }
}

/// What a route lists.
#[derive(Debug)]
pub struct List {
    /// Its cursors are bound to this name.
    pub name: &'static str,
    pub columns: &'static [Column],
    /// Never null and different for every item: the tie-breaker of every sort, and among the fields of every item.
    pub key: &'static Column,
    /// What else the route takes.
    pub parameters: &'static [&'static str],
}

/// What every list takes beside its filters.
pub(super) const PARAMETERS: [&str; 4] = ["limit", "cursor", "sort", "fields"];

impl List {
    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The names of those columns for which `which` holds, for people.
    pub(super) fn names(&self, which: impl Fn(&Column) -> bool) -> String {
        let names = self.columns.iter().filter(|column| which(column)).map(|column| column.name);
        names.collect::<Vec<_>>().join(", ")
    }
}
