//! Adjusted close, its moving averages and its Bollinger bands.

use market::{HistoryRow, Metric};
use svg::node::element::{Circle, Group, Path, Rectangle};

use super::area::Area;
use crate::{
    axis::Axis,
    chart::{Chart, STROKES},
    labels,
    shapes::px,
};

/// Above this ratio of the highest to the lowest price, the scale is logarithmic: on a linear one,
/// all low prices would look the same.
const MAX_LINEAR_RATIO: f64 = 5.0;

const LINES: [Metric; 3] = [Metric::Sma20, Metric::Sma50, Metric::Sma200];
const EDGES: [Metric; 2] = [Metric::BollingerUpper, Metric::BollingerLower];

pub(super) fn axis(chart: &Chart<'_>, ticks: f64) -> Axis {
    if is_logarithmic(chart) {
        // After a crash, a band may reach below 0, where a logarithmic axis has no values.
        let (low, high) = range(chart, &LINES);
        let padding = (high / low).powf(0.06);
        return Axis::logarithmic(low / padding, high * padding, ticks, labels::number);
    }
    let (low, high) = range(chart, &[LINES.as_slice(), &EDGES].concat());
    let padding = (high - low) * 0.04;
    Axis::new(low - padding, high + padding, ticks, labels::number)
}

/// True when the axis is logarithmic.
pub(crate) fn is_logarithmic(chart: &Chart<'_>) -> bool {
    let (low, high) = range(chart, &LINES);
    high / low > MAX_LINEAR_RATIO
}

/// The lowest and the highest of the prices and these metrics.
fn range(chart: &Chart<'_>, metrics: &[Metric]) -> (f64, f64) {
    let values = chart.history.rows.iter().flat_map(|row| {
        let metrics = metrics.iter().filter_map(|metric| row.metrics.get(*metric));
        metrics.chain([row.adj_close.to_f64()])
    });
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
        (low.min(value), high.max(value))
    })
}

pub(super) fn draw(chart: &Chart<'_>, area: &Area<'_>) -> Group {
    let palette = area.scene.palette;
    let close = area
        .line(chart, |row| Some(row.adj_close.to_f64()))
        .set("stroke", palette.close)
        .set("stroke-width", 1.8);
    let last = chart.history.rows.last().map(|row| area.y(row.adj_close.to_f64()));
    let mut group = Group::new().add(area.grid(last)).add(band(chart, area));
    for (stroke, colour) in STROKES.iter().zip(palette.averages) {
        let line = area.line(chart, |row| row.metrics.get(stroke.metric));
        group = group.add(
            line.set("stroke", colour)
                .set("stroke-width", 1.5)
                .set("stroke-dasharray", stroke.dashes),
        );
    }
    group = group.add(close);
    match chart.history.rows.last() {
        Some(last) => group.add(tag(last, area)),
        None => group,
    }
}

/// The bands, and the area between them.
fn band(chart: &Chart<'_>, area: &Area<'_>) -> Group {
    let colour = area.scene.palette.band;
    let edges = EDGES.map(|edge| {
        area.line(chart, |row| row.metrics.get(edge)).set("stroke", colour).set("stroke-width", 1)
    });
    let points: Vec<_> =
        chart.history.rows.iter().filter_map(|row| edge_points(row, area)).collect();
    let there = points.iter().map(|(x, upper, _)| format!("{x:.1} {upper:.1}"));
    let back = points.iter().rev().map(|(x, _, lower)| format!("{x:.1} {lower:.1}"));
    let corners: Vec<_> = there.chain(back).collect();
    let fill = Path::new().set("fill", colour).set("fill-opacity", 0.14);
    let group = if corners.is_empty() {
        Group::new()
    } else {
        Group::new().add(fill.set("d", format!("M{}Z", corners.join("L"))))
    };
    edges.into_iter().fold(group, Group::add)
}

/// The x position of a day, and the y positions of its upper and lower band.
fn edge_points(row: &HistoryRow, area: &Area<'_>) -> Option<(f64, f64, f64)> {
    let [upper, lower] = EDGES.map(|edge| row.metrics.get(edge));
    Some((area.calendar.x(row.day), area.y(upper?), area.y(lower?)))
}

/// The last price, at its position on the axis.
fn tag(last: &HistoryRow, area: &Area<'_>) -> Group {
    let (scene, palette) = (area.scene, area.scene.palette);
    let (price, y) = (labels::price(last.adj_close.to_f64()), area.y(last.adj_close.to_f64()));
    let height = scene.size * 1.5;
    let box_ = Rectangle::new()
        .set("x", px(area.calendar.right + 4.0))
        .set("y", px(y - height / 2.0))
        .set("width", px(scene.ruler.width(&price, scene.size) + 8.0))
        .set("height", px(height))
        .set("rx", 3)
        .set("fill", palette.close);
    let dot = Circle::new()
        .set("cx", px(area.calendar.x(last.day)))
        .set("cy", px(y))
        .set("r", 2.5)
        .set("fill", palette.close);
    Group::new().add(dot).add(box_).add(area.value_label(&price, y, palette.background))
}
