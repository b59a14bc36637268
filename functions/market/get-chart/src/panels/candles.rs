//! Candles: from open to close, with a wick from low to high. A candle that closed no lower than it
//! opened is pale inside its edges, any other one is not: they differ in more than their colour.

use std::fmt::Write;

use svg::node::element::{Group, Path};

use super::area::Area;
use crate::{chart::Chart, shapes::crisp};

pub(super) fn draw(chart: &Chart<'_>, area: &Area<'_>) -> Group {
    [true, false].into_iter().fold(Group::new(), |group, is_up| group.add(path(chart, area, is_up)))
}

/// All candles of a direction.
fn path(chart: &Chart<'_>, area: &Area<'_>, is_up: bool) -> Path {
    let (calendar, palette) = (area.calendar, area.scene.palette);
    // The stroke is one pixel wide.
    let (candle, width) = (calendar.candle(), calendar.candle() - 1.0);
    let mut data = String::new();
    for ((row, direction), x) in chart.directions().zip(calendar.middles()) {
        if direction != is_up {
            continue;
        }
        let [open, high, low, close] =
            [row.open, row.high, row.low, row.close].map(|price| crisp(area.y(price.to_f64())));
        let (x, top, bottom) = (calendar.snapped(x, candle), open.min(close), open.max(close));
        let (left, height) = (x - width / 2.0, bottom - top);
        // Writing to a string does not fail.
        _ = write!(data, "M{x:.1} {high:.1}V{top:.1}M{x:.1} {bottom:.1}V{low:.1}");
        _ = write!(data, "M{left:.1} {top:.1}h{width:.1}v{height:.1}h-{width:.1}z");
    }
    let colour = palette.direction(is_up);
    let fill = if is_up { palette.up_fill } else { colour };
    Path::new().set("d", data).set("stroke", colour).set("fill", fill)
}
