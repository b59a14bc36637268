//! The shapes of pictures.

use std::fmt::Write;

use svg::node::element::{Path, Text};

/// A number of pixels, with one decimal.
pub(crate) fn px(value: f64) -> String {
    format!("{value:.1}")
}

/// The position at which a line of one pixel has sharp edges.
pub(crate) fn crisp(value: f64) -> f64 {
    value.floor() + 0.5
}

/// A text that begins at `x`.
pub(crate) fn text(text: &str, x: f64, baseline: f64, colour: &str) -> Text {
    Text::new(text).set("x", px(x)).set("y", px(baseline)).set("fill", colour)
}

/// A line through points, broken at each `None`.
pub(crate) fn line(points: impl Iterator<Item = Option<(f64, f64)>>) -> Path {
    let (mut data, mut drawing) = (String::new(), false);
    for point in points {
        if let Some((x, y)) = point {
            let command = if drawing { 'L' } else { 'M' };
            // Writing to a string does not fail.
            _ = write!(data, "{command}{x:.1} {y:.1}");
        }
        drawing = point.is_some();
    }
    Path::new().set("d", data).set("fill", "none").set("stroke-linejoin", "round")
}
