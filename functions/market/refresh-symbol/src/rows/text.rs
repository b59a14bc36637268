//! The values of cells.

use market::{Amount, Day, DayError, Price, shares};

use super::fault::Fault;

/// How providers write that there is no value, in small letters.
const NO_VALUE: [&str; 8] = ["", "null", "none", "nan", "n/a", "na", "-", "--"];

fn value(cell: &str) -> Option<&str> {
    let cell = cell.trim();
    let is_value = !NO_VALUE.iter().any(|text| cell.eq_ignore_ascii_case(text));
    is_value.then_some(cell)
}

/// The date of a text such as `2024-01-02T00:00:00-05:00` or `20240102`, as it is written: the
/// trading day does not depend on a time zone.
pub(super) fn day(cell: &str) -> Result<Day, Fault> {
    let text = value(cell).ok_or(Fault::Missing)?;
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]).parse()?);
    }
    let (date, time) = text.split_at_checked(10).unwrap_or((text, ""));
    if time.is_empty() || is_time(time) { Ok(date.parse()?) } else { Err(DayError.into()) }
}

/// True for a time after `T` or a space, with or without an offset.
fn is_time(text: &str) -> bool {
    text.strip_prefix(['T', ' ']).is_some_and(|time| {
        time.starts_with(|first: char| first.is_ascii_digit())
            && time.bytes().all(|byte| byte.is_ascii_digit() || b":.+- Z".contains(&byte))
    })
}

pub(super) fn price(cell: &str) -> Result<Price, Fault> {
    Ok(value(cell).ok_or(Fault::Missing)?.parse()?)
}

/// `None` where there is no value.
pub(super) fn amount(cell: &str) -> Result<Option<Amount>, Fault> {
    Ok(value(cell).map(str::parse).transpose()?)
}

/// `None` where there is no value.
pub(super) fn volume(cell: &str) -> Result<Option<u64>, Fault> {
    value(cell).map(|text| shares(text).ok_or(Fault::Volume)).transpose()
}
