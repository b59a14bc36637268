//! Moving average convergence/divergence: its line, its signal line, and the difference of the two
//! as bars.

use market::Metric;
use svg::node::element::Group;

use super::area::Area;
use crate::{
    axis::{Axis, Room},
    chart::Chart,
    items::Item,
    labels,
    layout::{Scene, Span},
};

const METRICS: [Metric; 3] = [Metric::Macd, Metric::MacdSignal, Metric::MacdHistogram];
const SIGNAL_DASHES: &str = "4 2";

pub(super) fn axis(chart: &Chart<'_>, scene: &Scene, span: Span) -> Axis {
    let rows = chart.history.rows.iter();
    let values =
        rows.flat_map(|row| METRICS.into_iter().filter_map(|metric| row.metrics.get(metric)));
    let (low, high) =
        values.fold((0.0_f64, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
    let padding = (high - low) * 0.06;
    Axis::linear(low - padding, high + padding, &Room::new(scene, span, None), labels::number)
}

pub(super) fn draw(chart: &Chart<'_>, area: &Area<'_>) -> Group {
    let palette = area.scene.palette;
    let mut group = Group::new().add(area.caption(&caption(chart, area))).add(area.grid());
    for wanted in [true, false] {
        let bars = chart.history.rows.iter().map(|row| {
            let value = row.metrics.get(Metric::MacdHistogram);
            (value, value.is_some_and(|value| value >= 0.0))
        });
        group = group.add(area.bars(bars, wanted).set("stroke-opacity", 0.6));
    }
    let [macd, signal] = [Metric::Macd, Metric::MacdSignal]
        .map(|metric| area.line(chart, |row| row.metrics.get(metric)).set("stroke-width", 1.5));
    group
        .add(area.rule(0.0, palette.guide))
        .add(macd.set("stroke", palette.macd))
        .add(signal.set("stroke", palette.signal).set("stroke-dasharray", SIGNAL_DASHES))
}

fn caption(chart: &Chart<'_>, area: &Area<'_>) -> Vec<Item> {
    let palette = area.scene.palette;
    let [macd, signal, histogram] = METRICS.map(|metric| {
        let value = chart.history.rows.last().and_then(|row| row.metrics.get(metric));
        value.map_or_else(String::new, |value| format!(" {}", labels::number(value, 2)))
    });
    vec![
        Item::new(format!("MACD 12, 26, 9{macd}"), palette.muted).with_line(palette.macd, "none"),
        Item::new(format!("Signal{signal}"), palette.muted)
            .with_line(palette.signal, SIGNAL_DASHES),
        Item::new(format!("Histogram{histogram}"), palette.muted),
    ]
}
