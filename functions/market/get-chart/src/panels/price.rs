//! The price with its moving averages and its Bollinger bands.

mod bands;

use market::{HistoryRow, Metric, Price};
use svg::node::element::{Group, Rectangle};

use super::{area::Area, candles};
use crate::{
    axis::{Axis, Room},
    chart::{Chart, OVERLAYS, STROKES},
    labels,
    layout::{Scene, Span},
    parameters::Style,
    shapes::{self, px},
};

/// Above this ratio of the highest to the lowest price, the scale is logarithmic: on a linear one,
/// all low prices would look the same.
const MAX_LINEAR_RATIO: f64 = 5.0;

/// How far the axis reaches beyond the prices to show averages and bands, as a part of the range of
/// the prices. Further away, these would leave too little room for the prices.
const MAX_REACH: f64 = 0.15;
const PADDING: f64 = 0.05;

pub(super) fn axis(chart: &Chart<'_>, scene: &Scene, span: Span) -> Axis {
    let last = chart.history.rows.last().map(|row| row.adj_close.to_f64());
    let room = Room::new(scene, span, last);
    let (low, high) = range(chart, &[]);
    let (lowest, highest) = range(chart, &OVERLAYS);
    if is_logarithmic(chart) {
        let reach = (high / low).powf(MAX_REACH);
        let (low, high) = (lowest.max(low / reach), highest.min(high * reach));
        let padding = (high / low).powf(PADDING);
        return Axis::logarithmic(low / padding, high * padding, &room, labels::number);
    }
    let reach = (high - low) * MAX_REACH;
    let (low, high) = (lowest.max(low - reach), highest.min(high + reach));
    let padding = (high - low) * PADDING;
    Axis::linear(low - padding, high + padding, &room, labels::number)
}

/// True when the axis is logarithmic.
pub(crate) fn is_logarithmic(chart: &Chart<'_>) -> bool {
    let (low, high) = range(chart, &[]);
    high / low > MAX_LINEAR_RATIO
}

/// The lowest and the highest of the prices and these metrics.
fn range(chart: &Chart<'_>, metrics: &[Metric]) -> (f64, f64) {
    let values = chart.history.rows.iter().flat_map(|row| {
        let metrics = metrics.iter().filter_map(|metric| row.metrics.get(*metric));
        metrics.chain(prices(row, chart.style))
    });
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
        (low.min(value), high.max(value))
    })
}

/// The prices of a row that are drawn; with candles, all are between low and high.
fn prices(row: &HistoryRow, style: Style) -> [f64; 2] {
    match style {
        Style::Candles => [row.low, row.high],
        Style::Line | Style::Area => [row.adj_close; 2],
    }
    .map(Price::to_f64)
}

pub(super) fn draw(chart: &Chart<'_>, area: &Area<'_>) -> Group {
    let palette = area.scene.palette;
    let averages = STROKES.iter().zip(palette.averages).map(|(stroke, colour)| {
        area.line(chart, |row| row.metrics.get(stroke.metric))
            .set("stroke", colour)
            .set("stroke-width", 1.4)
            .set("stroke-dasharray", stroke.dashes)
    });
    let mut group = Group::new().add(area.grid()).add(bands::draw(chart, area));
    // Lines over candles, and under the line of the price.
    if chart.style == Style::Candles {
        group = averages.fold(group.add(candles::draw(chart, area)), Group::add);
    } else {
        group = averages.fold(group, Group::add).add(line(chart, area));
    }
    match chart.history.rows.last() {
        Some(last) => group.add(tag(chart, last, area)),
        None => group,
    }
}

/// The line of the closes; with the area below it, if wanted.
fn line(chart: &Chart<'_>, area: &Area<'_>) -> Group {
    let palette = area.scene.palette;
    let close = area.line(chart, |row| Some(row.adj_close.to_f64()));
    let line = close.set("stroke", palette.close).set("stroke-width", 1.8);
    if chart.style == Style::Area { below(chart, area).add(line) } else { Group::new().add(line) }
}

/// The area below the line of the closes.
fn below(chart: &Chart<'_>, area: &Area<'_>) -> Group {
    let palette = area.scene.palette;
    let points: Vec<_> = chart
        .history
        .rows
        .iter()
        .zip(area.calendar.middles())
        .map(|(row, x)| (x, area.y(row.adj_close.to_f64())))
        .collect();
    let (Some((first, _)), Some((last, _))) = (points.first(), points.last()) else {
        return Group::new();
    };
    let bottom = area.span.1;
    let corners = [(*first, bottom)].into_iter().chain(points.iter().copied());
    let corners = corners.chain([(*last, bottom)]);
    let fill = shapes::line(corners.map(Some));
    Group::new().add(fill.set("fill", palette.close).set("fill-opacity", 0.12))
}

/// The last price, at its position on the axis, with a line to it.
fn tag(chart: &Chart<'_>, last: &HistoryRow, area: &Area<'_>) -> Group {
    let (scene, palette) = (area.scene, area.scene.palette);
    let close = last.adj_close.to_f64();
    let (price, y, height) = (labels::price(close), area.y(close), scene.size * 1.5);
    let colour = match chart.day_change() {
        Some(change) => palette.direction(change.is_up()),
        None => palette.close,
    };
    let box_ = Rectangle::new()
        .set("x", px(area.calendar.right + 4.0))
        .set("y", px(y - height / 2.0))
        .set("width", px(scene.ruler.width(&price, scene.size) + 8.0))
        .set("height", px(height))
        .set("rx", 2)
        .set("fill", colour);
    let level = area.rule(close, colour).set("stroke-dasharray", "1 3");
    Group::new().add(level).add(box_).add(area.value_label(&price, y, palette.background))
}
