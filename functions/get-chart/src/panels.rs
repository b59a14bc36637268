//! The panels: price, RSI and volume, one below the other over the same days.

mod price;
mod rsi;
mod volume;

use shared::domain::market::HistoryRow;
use svg::node::element::{Group, Path, Text};

use crate::{
    axis::Axis,
    calendar::Calendar,
    chart::Chart,
    layout::{Scene, Span},
    parameters::Panels,
    shapes::{self, px},
};
pub(crate) use price::is_logarithmic;
pub(crate) use volume::volume;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Panel {
    Price,
    Rsi,
    Volume,
}

/// Where a panel is drawn.
pub(crate) struct Area<'a> {
    pub scene: &'a Scene,
    pub calendar: &'a Calendar,
    pub axis: &'a Axis,
    pub span: Span,
}

/// Those below the price; where there is no room for all, the last one goes first.
pub(crate) fn wanted(panels: Panels) -> Vec<Panel> {
    let rsi = panels.rsi.then_some(Panel::Rsi);
    rsi.into_iter().chain(panels.volume.then_some(Panel::Volume)).collect()
}

impl Panel {
    pub(crate) fn axis(self, chart: &Chart<'_>, scene: &Scene, (top, bottom): Span) -> Axis {
        // A label needs three times its height.
        let ticks = ((bottom - top) / (scene.size * 3.0)).clamp(2.0, 8.0);
        match self {
            Self::Price => price::axis(chart, ticks),
            Self::Rsi => rsi::axis(),
            Self::Volume => volume::axis(chart, ticks.min(3.0)),
        }
    }

    pub(crate) fn draw(self, chart: &Chart<'_>, area: &Area<'_>) -> Group {
        match self {
            Self::Price => price::draw(chart, area),
            Self::Rsi => rsi::draw(chart, area),
            Self::Volume => volume::draw(chart, area),
        }
    }
}

impl Area<'_> {
    fn y(&self, value: f64) -> f64 {
        self.axis.y(value, self.span)
    }

    /// A line through all values; where there is none it is broken.
    fn line(&self, chart: &Chart<'_>, value: impl Fn(&HistoryRow) -> Option<f64>) -> Path {
        shapes::line(chart.rows.iter().map(|row| Some((self.calendar.x(row.day), self.y(value(row)?)))))
    }

    /// A horizontal line over all days.
    fn rule(&self, value: f64, colour: &str) -> Path {
        let y = px(self.y(value));
        let data = format!("M{} {y}H{}", px(self.calendar.left), px(self.calendar.right));
        Path::new().set("d", data).set("fill", "none").set("stroke", colour)
    }

    /// The grid with its labels; those that would be over another or over what is at `taken` are left out.
    fn grid(&self, taken: Option<f64>) -> Group {
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

    /// A text on the right of the days, in the middle of a height.
    fn value_label(&self, label: &str, y: f64, colour: &str) -> Text {
        shapes::text(label, self.calendar.right + 8.0, y + self.scene.size * 0.35, colour)
    }

    /// What the panel shows, above it.
    fn caption(&self, text: &str) -> Text {
        let baseline = self.span.0 - self.scene.size * 0.5;
        shapes::text(text, self.scene.margin, baseline, self.scene.palette.muted)
    }
}

/// The days below the last panel, and a line at each of them through all panels.
pub(crate) fn days(scene: &Scene, calendar: &Calendar, placed: &[(Panel, Span)]) -> Group {
    let bottom = placed.last().map_or(scene.height, |(_, (_, bottom))| *bottom);
    let room = calendar.right - calendar.left;
    // As many as there is room for labels like `Mar 2013` at half of them.
    let count = (1..12_u8).take_while(|count| f64::from(*count) * scene.size * 4.2 < room).count();
    let mut group = Group::new();
    for (day, label) in calendar.ticks(count.max(2)) {
        let x = calendar.x(day);
        let lines = placed.iter().map(|(_, (top, bottom))| format!("M{} {}V{}", px(x), px(*top), px(*bottom)));
        let line = Path::new().set("d", lines.collect::<String>()).set("stroke", scene.palette.grid);
        let half = scene.ruler.width(&label, scene.size) / 2.0;
        group = group.add(line);
        if x - half >= scene.margin && x + half <= scene.width - scene.margin {
            let text = shapes::text(&label, x, bottom + scene.size * 1.7, scene.palette.muted);
            group = group.add(text.set("text-anchor", "middle"));
        }
    }
    group
}
