//! The panels: price, RSI and volume, one below the other over the same days.

mod area;
mod price;
mod rsi;
mod volume;

use svg::node::element::{Group, Path};

use crate::{
    axis::Axis,
    calendar::Calendar,
    chart::Chart,
    layout::{Scene, Span},
    parameters::Panels,
    shapes::{self, px},
};
pub(crate) use area::Area;
pub(crate) use price::is_logarithmic;
pub(crate) use volume::volume;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Panel {
    Price,
    Rsi,
    Volume,
}

/// The requested panels below the price; without room for all, the last one is left out first. An
/// index may have no volumes, and then has no panel for them.
pub(crate) fn wanted(chart: &Chart<'_>) -> Vec<Panel> {
    let Panels { rsi, volume } = chart.options.panels;
    let volume = volume && chart.history.rows.iter().any(|row| row.volume.is_some());
    let rsi = rsi.then_some(Panel::Rsi);
    rsi.into_iter().chain(volume.then_some(Panel::Volume)).collect()
}

impl Panel {
    pub(crate) fn axis(self, chart: &Chart<'_>, scene: &Scene, (top, bottom): Span) -> Axis {
        // One tick for each three text sizes of height.
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

/// The date labels below the last panel, and a vertical line at each date through all panels.
pub(crate) fn days(scene: &Scene, calendar: &Calendar, placed: &[(Panel, Span)]) -> Group {
    let bottom = placed.last().map_or(scene.height, |(_, (_, bottom))| *bottom);
    let room = calendar.right - calendar.left;
    // One for each 4.2 text sizes of width, at most 11.
    let count = (1..12_u8).take_while(|count| f64::from(*count) * scene.size * 4.2 < room).count();
    let mut group = Group::new();
    for (day, label) in calendar.ticks(count.max(2)) {
        let x = calendar.x(day);
        let lines = placed
            .iter()
            .map(|(_, (top, bottom))| format!("M{} {}V{}", px(x), px(*top), px(*bottom)));
        let line =
            Path::new().set("d", lines.collect::<String>()).set("stroke", scene.palette.grid);
        let half = scene.ruler.width(&label, scene.size) / 2.0;
        group = group.add(line);
        if x - half >= scene.margin && x + half <= scene.width - scene.margin {
            let text = shapes::text(&label, x, bottom + scene.size * 1.7, scene.palette.muted);
            group = group.add(text.set("text-anchor", "middle"));
        }
    }
    group
}
