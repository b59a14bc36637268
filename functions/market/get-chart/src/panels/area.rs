//! The area of a panel, and the parts that all panels draw.

use market::HistoryRow;
use svg::node::element::{Group, Path, Text};

use crate::{
    axis::Axis,
    calendar::Calendar,
    chart::Chart,
    layout::{Scene, Span},
    shapes::{self, px},
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
        self.axis.y(value, self.span)
    }

    /// A line through all values, broken at rows without one.
    pub(super) fn line(
        &self,
        chart: &Chart<'_>,
        value: impl Fn(&HistoryRow) -> Option<f64>,
    ) -> Path {
        shapes::line(
            chart
                .history
                .rows
                .iter()
                .map(|row| Some((self.calendar.x(row.day), self.y(value(row)?)))),
        )
    }

    /// A horizontal line across the panel, at a value.
    pub(super) fn rule(&self, value: f64, colour: &str) -> Path {
        let y = px(self.y(value));
        let data = format!("M{} {y}H{}", px(self.calendar.left), px(self.calendar.right));
        Path::new().set("d", data).set("fill", "none").set("stroke", colour)
    }

    /// The grid with its labels, except those that would overlap another label or the one at
    /// `taken`.
    pub(super) fn grid(&self, taken: Option<f64>) -> Group {
        let mut group = Group::new();
        let mut labelled: Vec<f64> = taken.into_iter().collect();
        for tick in &self.axis.ticks {
            group = group.add(self.rule(tick.value, self.scene.palette.grid));
            let y = self.y(tick.value);
            if labelled.iter().all(|other| (other - y).abs() > self.scene.size * 1.3) {
                group = group.add(self.value_label(&tick.label, y, self.scene.palette.muted));
                labelled.push(y);
            }
        }
        group
    }

    /// A label to the right of the days, vertically centred on `y`.
    pub(super) fn value_label(&self, label: &str, y: f64, colour: &str) -> Text {
        shapes::text(label, self.calendar.right + 8.0, y + self.scene.size * 0.35, colour)
    }

    /// The title above the panel.
    pub(super) fn caption(&self, text: &str) -> Text {
        let baseline = self.span.0 - self.scene.size * 0.5;
        shapes::text(text, self.scene.margin, baseline, self.scene.palette.muted)
    }
}
