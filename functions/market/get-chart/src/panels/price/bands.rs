//! The Bollinger bands.

use market::Metric;
use svg::node::element::{Group, Path};

use crate::{chart::Chart, panels::area::Area, parameters::Style};

const EDGES: [Metric; 2] = [Metric::BollingerUpper, Metric::BollingerLower];

/// The bands, and the area between them.
pub(super) fn draw(chart: &Chart<'_>, area: &Area<'_>) -> Group {
    let colour = area.scene.palette.band;
    let edges = EDGES.map(|edge| {
        area.line(chart, |row| row.metrics.get(edge)).set("stroke", colour).set("stroke-width", 1)
    });
    let rows = chart.history.rows.iter().zip(area.calendar.middles());
    let points: Vec<_> = rows
        .filter_map(|(row, x)| {
            let [upper, lower] = EDGES.map(|edge| row.metrics.get(edge));
            Some((x, area.y(upper?), area.y(lower?)))
        })
        .collect();
    let there = points.iter().map(|(x, upper, _)| format!("{x:.1} {upper:.1}"));
    let back = points.iter().rev().map(|(x, _, lower)| format!("{x:.1} {lower:.1}"));
    let corners: Vec<_> = there.chain(back).collect();
    let fill = Path::new().set("fill", colour).set("fill-opacity", 0.1);
    // In an area, its fill would look like that of the area.
    let group = if corners.is_empty() || chart.style == Style::Area {
        Group::new()
    } else {
        Group::new().add(fill.set("d", format!("M{}Z", corners.join("L"))))
    };
    edges.into_iter().fold(group, Group::add)
}
