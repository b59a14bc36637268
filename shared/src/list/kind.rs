//! The types of columns, and the parsing of filter values.

use jiff::Timestamp;
use rust_decimal::Decimal;

/// Normalises a value for the store; the error lists the accepted forms.
pub(super) type Parse = fn(&str) -> Result<String, String>;

/// The type of the values of a column.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Text with a defined format and an order, such as a symbol or a day.
    Key(Parse),
    /// A word of a list or in capitals, compared for equality only.
    Code(Parse),
    /// Text for people; compared for equality only.
    Text,
    /// `true` or `false`.
    Bool,
    /// A 64-bit integer.
    Integer,
    /// A decimal number, exact up to 28 digits.
    Decimal,
    /// A floating-point number.
    Number,
    /// A point in time.
    Instant,
    /// A JSON object. It is neither filtered nor sorted.
    Object,
}

const MAX_TEXT: usize = 100;
/// The beginning of year 1: the database has no year 0.
const FIRST_INSTANT: Timestamp = Timestamp::constant(-62_135_596_800, 0);

impl Kind {
    /// True when `gte`, `gt`, `lt` and `lte` are allowed.
    pub const fn is_ordered(self) -> bool {
        !matches!(self, Self::Code(_) | Self::Text | Self::Bool | Self::Object)
    }

    /// Parses a value and normalises it for the store; the error lists the accepted forms.
    pub fn parse(self, text: &str) -> Result<String, String> {
        match self {
            Self::Key(parse) | Self::Code(parse) => parse(text),
            Self::Text => parse_text(text),
            Self::Bool if matches!(text, "true" | "false") => Ok(text.to_owned()),
            Self::Bool => Err("must be true or false".to_owned()),
            Self::Integer => text
                .parse()
                .map(|number: i64| number.to_string())
                .map_err(|_| "must be a 64-bit integer".to_owned()),
            Self::Decimal => {
                decimal(text).map_or_else(|| float(text), |number| Ok(number.to_string()))
            }
            Self::Number => float(text),
            Self::Instant => instant(text),
            Self::Object => Err("cannot be filtered".to_owned()),
        }
    }
}

fn parse_text(text: &str) -> Result<String, String> {
    let fits =
        !text.is_empty() && text.chars().count() <= MAX_TEXT && !text.chars().any(char::is_control);
    if fits {
        Ok(text.to_owned())
    } else {
        Err(format!("must be 1 to {MAX_TEXT} printable characters"))
    }
}

fn decimal(text: &str) -> Option<Decimal> {
    is_number(text)
        .then(|| Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text)).ok())
        .flatten()
}

/// True when the text has only characters of numbers. Rust would also parse `inf` and `nan`.
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
