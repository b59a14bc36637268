//! The relative strength index: above 70 a stock counts as overbought, below 30 as oversold.

use market::Metric;
use svg::node::element::Group;

use super::area::Area;
use crate::{
    axis::{Axis, Tick},
    chart::Chart,
};

const LIMITS: [(f64, &str); 2] = [(30.0, "30"), (70.0, "70")];

pub(super) fn axis() -> Axis {
    let ticks = LIMITS.map(|(value, label)| Tick { value, label: label.to_owned() });
    Axis { low: 0.0, high: 100.0, ticks: ticks.into(), logarithmic: false }
}

pub(super) fn draw(chart: &Chart<'_>, area: &Area<'_>) -> Group {
    let palette = area.scene.palette;
    let mut group = Group::new().add(area.caption("RSI 14")).add(area.grid(None));
    for (limit, _) in LIMITS {
        group = group.add(area.rule(limit, palette.guide).set("stroke-dasharray", "3 3"));
    }
    let line = area.line(chart, |row| row.metrics.get(Metric::Rsi14));
    group.add(line.set("stroke", palette.rsi).set("stroke-width", 1.5))
}
