//! The area of a panel, and the parts that all panels draw.

use market::HistoryRow;
use svg::node::element::{Group, Path, Text};

use crate::{
    axis::Axis,
    calendar::Calendar,
    chart::Chart,
    items::{self, Item},
    layout::{Scene, Span},
    shapes::{self, crisp, px},
};

/// The area of a panel.
pub(crate) struct Area<'a> {
    pub scene: &'a Scene,
    pub calendar: &'a Calendar,
    pub axis: &'a Axis,
    pub span: Span,
}

impl Area<'_> {
    pub(super) fn y(&self, value: f64) -> f64 {
        self.axis.y(value)
    }

    /// A line through all values, broken where one is missing or beyond the axis.
    pub(super) fn line(
        &self,
        chart: &Chart<'_>,
        value: impl Fn(&HistoryRow) -> Option<f64>,
    ) -> Path {
        let rows = chart.history.rows.iter().zip(self.calendar.middles());
        shapes::line(rows.map(|(row, x)| {
            let value = value(row).filter(|value| self.axis.contains(*value))?;
            Some((x, self.y(value)))
        }))
    }

    /// Bars from zero to the values that are up or not, as `wanted`.
    pub(super) fn bars(
        &self,
        values: impl Iterator<Item = (Option<f64>, bool)>,
        wanted: bool,
    ) -> Path {
        let (base, width) = (px(crisp(self.y(0.0))), self.calendar.bar());
        let bars = self.calendar.middles().zip(values).filter_map(|(x, (value, is_up))| {
            let value = value.filter(|value| *value != 0.0 && is_up == wanted)?;
            let x = self.calendar.snapped(x, width);
            Some(format!("M{} {base}V{}", px(x), px(self.y(value))))
        });
        Path::new()
            .set("d", bars.collect::<String>())
            .set("stroke", self.scene.palette.direction(wanted))
            .set("stroke-width", px(width))
    }

    /// A horizontal line across the panel, at a value.
    pub(super) fn rule(&self, value: f64, colour: &str) -> Path {
        let y = px(crisp(self.y(value)));
        let data = format!("M{} {y}H{}", px(self.calendar.left), px(self.calendar.right));
        Path::new().set("d", data).set("fill", "none").set("stroke", colour)
    }

    /// The grid with its labels.
    pub(super) fn grid(&self) -> Group {
        let mut group = Group::new();
        for tick in &self.axis.ticks {
            group = group.add(self.rule(tick.value, self.scene.palette.grid));
            if !tick.label.is_empty() {
                let (y, colour) = (self.y(tick.value), self.scene.palette.muted);
                group = group.add(self.value_label(&tick.label, y, colour));
            }
        }
        group
    }

    /// A label to the right of the days, vertically centred on `y`.
    pub(super) fn value_label(&self, label: &str, y: f64, colour: &str) -> Text {
        shapes::text(label, self.calendar.right + 8.0, y + self.scene.size * 0.35, colour)
    }

    /// The items that fit in a row above the panel.
    pub(super) fn caption(&self, items: &[Item]) -> Group {
        items::row(self.scene, items, self.span.0 - self.scene.size * 0.6)
    }
}
