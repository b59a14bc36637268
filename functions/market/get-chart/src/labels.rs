//! Numbers and days, written for people.

use market::Day;

/// `1,234.50`; a negative number has a minus sign (U+2212), not a hyphen.
pub(crate) fn number(value: f64, decimals: usize) -> String {
    let digits = format!("{:.*}", decimals, value.abs());
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let mut text = String::new();
    // A value that rounds to zero has no sign.
    if value < 0.0 && digits.contains(|digit| ('1'..='9').contains(&digit)) {
        text.push('−');
    }
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// A price with cents; one below 1 with four decimals.
pub(crate) fn price(value: f64) -> String {
    number(value, decimals(value))
}

fn decimals(price: f64) -> usize {
    if price < 1.0 { 4 } else { 2 }
}

/// `+3.10 %` for 0.031.
pub(crate) fn percent(fraction: f64) -> String {
    format!("{} %", signed(fraction * 100.0, 2))
}

/// `+0.50` for 0.5, a change to a price of `price`.
pub(crate) fn amount(change: f64, price: f64) -> String {
    signed(change, decimals(price))
}

fn signed(value: f64, decimals: usize) -> String {
    let text = number(value, decimals);
    let is_zero = !text.contains(|digit| ('1'..='9').contains(&digit));
    if value > 0.0 && !is_zero { format!("+{text}") } else { text }
}

/// `1.5M`, `20K`, `300`.
pub(crate) fn count(value: f64) -> String {
    let units = [(1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K")];
    let (unit, letter) = units.into_iter().find(|(unit, _)| value >= *unit).unwrap_or((1.0, ""));
    let text = number(value / unit, 1);
    format!("{}{letter}", text.strip_suffix(".0").unwrap_or(&text))
}

/// `1 Mar 2013`.
pub(crate) fn day(day: Day) -> String {
    day.date().strftime("%-d %b %Y").to_string()
}
