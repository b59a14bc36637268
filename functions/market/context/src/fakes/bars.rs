//! Flat bars, each made in one line.

use crate::{Bar, Bars, Day, Price, RawBar};

/// The price written as `text`.
pub fn price(text: &str) -> Price {
    text.parse().unwrap()
}

/// The day written as `text`.
pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// A bar whose prices are all `close`, with a volume of 1000 shares.
pub fn flat_bar(on: &str, close: &str) -> Bar {
    let raw = RawBar { volume: Some(1000), ..RawBar::flat(day(on), price(close)) };
    raw.try_into().unwrap()
}

/// A series of flat bars.
pub fn flat_bars(bars: &[(&str, &str)]) -> Bars {
    bars.iter().map(|(day, close)| flat_bar(day, close)).collect::<Vec<_>>().try_into().unwrap()
}
