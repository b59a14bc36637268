//! The relative strength index: above 70 a stock counts as overbought, below 30 as oversold.

use market::Metric;
use svg::node::element::{Group, Rectangle};

use super::area::Area;
use crate::{
    axis::Axis,
    chart::Chart,
    items::Item,
    labels,
    layout::{Scene, Span},
    shapes::px,
};

const LIMITS: [f64; 2] = [30.0, 70.0];

/// Labelled at the limits, with their middle or else the ends; without them where these would be
/// too close to each other.
pub(super) fn axis(chart: &Chart<'_>, scene: &Scene, span: Span) -> Axis {
    let values = chart.history.rows.iter().filter_map(|row| row.metrics.get(Metric::Rsi14));
    let most = values.map(|value| (value - 50.0).abs()).fold(26.0, f64::max);
    let reach = (most + 4.0).min(50.0);
    let (height, gap) = (span.1 - span.0, scene.line_height());
    if height * 10.0 / reach >= gap {
        return Axis::fixed(50.0 - reach, 50.0 + reach, span, &[30, 50, 70]);
    }
    let labels: &[u8] = if height * 0.3 >= gap { &[0, 30, 70, 100] } else { &[0, 50, 100] };
    Axis::fixed(0.0, 100.0, span, labels)
}

pub(super) fn draw(chart: &Chart<'_>, area: &Area<'_>) -> Group {
    let palette = area.scene.palette;
    let last = chart.history.rows.last().and_then(|row| row.metrics.get(Metric::Rsi14));
    let mut caption = vec![Item::new("RSI 14", palette.muted)];
    caption.extend(last.map(|rsi| Item::new(labels::number(rsi, 1), palette.rsi)));
    let [low, high] = LIMITS.map(|limit| area.y(limit));
    let zone = Rectangle::new()
        .set("x", px(area.calendar.left))
        .set("y", px(high))
        .set("width", px(area.calendar.right - area.calendar.left))
        .set("height", px(low - high))
        .set("fill", palette.rsi)
        .set("fill-opacity", 0.07);
    let mut group = Group::new().add(area.caption(&caption)).add(zone).add(area.grid());
    for limit in LIMITS {
        group = group.add(area.rule(limit, palette.guide).set("stroke-dasharray", "3 3"));
    }
    let line = area.line(chart, |row| row.metrics.get(Metric::Rsi14));
    group.add(line.set("stroke", palette.rsi).set("stroke-width", 1.5))
}
