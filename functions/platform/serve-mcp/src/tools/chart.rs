//! The arguments of `get_chart`.

use super::stock::{FROM, SYMBOL, TO};
use crate::arguments::{Argument, Shape};

pub(super) const CHART: [Argument; 12] = [
    SYMBOL,
    Argument::new(
        "format",
        Shape::Choice(&["png", "svg"]),
        "png for an image, svg for SVG as \
        text; png when omitted.",
    ),
    Argument::new(
        "range",
        Shape::Choice(&["1m", "3m", "6m", "1y", "2y", "5y", "max"]),
        "Time \
        range that ends at the latest day; 1y when omitted. Not with from or to.",
    ),
    FROM,
    TO,
    Argument::new(
        "style",
        Shape::Choice(&["candles", "line", "area"]),
        "When omitted, candles \
        up to six months and a line above.",
    ),
    Argument::new("theme", Shape::Choice(&["light", "dark"]), "Background; light when omitted."),
    Argument::new("width", Shape::Integer(320, 1600), "Width in pixels; 800 when omitted."),
    Argument::new(
        "height",
        Shape::Integer(240, 1200),
        "Height in pixels; when omitted, three \
        fifths of the width, from 360 to 800.",
    ),
    Argument::new(
        "panels",
        Shape::Choices(|| ["none", "volume", "rsi", "macd"].map(str::to_owned).into()),
        "Panels \
        below the price, from top to bottom; `[\"volume\", \"rsi\"]` when omitted.",
    ),
    Argument::new(
        "scale",
        Shape::Integer(1, 2),
        "With png: pixels of the image for each pixel \
        of width and height; 1 when omitted.",
    ),
    Argument::new(
        "font",
        Shape::Choice(&["embedded", "system"]),
        "With svg: system for a \
        shorter text without a font; embedded when omitted.",
    ),
];
