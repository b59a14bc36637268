//! The arguments of several tools for one stock.

use crate::arguments::{Argument, Shape};

pub(super) const SYMBOL: Argument =
    Argument::new("symbol", Shape::Text, "Ticker symbol, e.g. AAPL.").required();

pub(super) const FROM: Argument = Argument::new(
    "from",
    Shape::Text,
    "First day, inclusive, e.g. 2013-02-01; the first one \
         of the stock when omitted.",
);

pub(super) const TO: Argument = Argument::new(
    "to",
    Shape::Text,
    "Last day, inclusive, e.g. 2013-02-28; \
     the last one of the stock when omitted.",
);
