//! The panels: the price, and others below it over the same days.

mod area;
mod candles;
mod days;
mod macd;
mod price;
mod rsi;
mod volume;

use market::Metric;
use svg::node::element::Group;

use crate::{
    axis::Axis,
    chart::Chart,
    layout::{Scene, Span},
    parameters::Panel,
};
pub(crate) use area::Area;
pub(crate) use days::days;
pub(crate) use price::is_logarithmic;
pub(crate) use volume::volume;

/// The requested panels below the price. An index may have no volumes, and then has no panel for
/// them.
pub(crate) fn wanted(chart: &Chart<'_>) -> Vec<Panel> {
    let has_volumes = chart.history.rows.iter().any(|row| row.volume.is_some());
    let panels = chart.options.panels.0.iter().copied();
    panels.filter(|panel| *panel != Panel::Volume || has_volumes).collect()
}

impl Panel {
    /// The metrics that it draws; those of the price are always read.
    pub(crate) fn metrics(self) -> &'static [Metric] {
        match self {
            Self::Price | Self::Volume => &[],
            Self::Rsi => &[Metric::Rsi14],
            Self::Macd => &[Metric::Macd, Metric::MacdSignal, Metric::MacdHistogram],
        }
    }

    pub(crate) fn axis(self, chart: &Chart<'_>, scene: &Scene, span: Span) -> Axis {
        match self {
            Self::Price => price::axis(chart, scene, span),
            Self::Volume => volume::axis(chart, scene, span),
            Self::Rsi => rsi::axis(chart, scene, span),
            Self::Macd => macd::axis(chart, scene, span),
        }
    }

    pub(crate) fn draw(self, chart: &Chart<'_>, area: &Area<'_>) -> Group {
        match self {
            Self::Price => price::draw(chart, area),
            Self::Volume => volume::draw(chart, area),
            Self::Rsi => rsi::draw(chart, area),
            Self::Macd => macd::draw(chart, area),
        }
    }
}
