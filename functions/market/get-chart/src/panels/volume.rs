//! Shares traded.

use market::HistoryRow;
use svg::node::element::{Group, Path};

use super::area::Area;
use crate::{axis::Axis, chart::Chart, labels, shapes::px};

/// Shares traded in the period of a row, not adjusted for splits; `None` where the provider gives
/// none.
#[expect(clippy::cast_precision_loss, reason = "a picture has no use for the 16th digit")]
pub(crate) fn volume(row: &HistoryRow) -> Option<f64> {
    row.volume.map(|volume| volume as f64)
}

pub(super) fn axis(chart: &Chart<'_>, ticks: f64) -> Axis {
    let most = chart.history.rows.iter().filter_map(volume).fold(1.0, f64::max);
    Axis::new(0.0, most * 1.05, ticks, |value, _| labels::count(value))
}

pub(super) fn draw(chart: &Chart<'_>, area: &Area<'_>) -> Group {
    let bottom = px(area.span.1);
    let bars = chart.history.rows.iter().filter_map(|row| {
        let volume = volume(row).filter(|volume| *volume > 0.0)?;
        Some(format!("M{} {bottom}V{}", px(area.calendar.x(row.day)), px(area.y(volume))))
    });
    let bars = Path::new()
        .set("d", bars.collect::<String>())
        .set("stroke", area.scene.palette.volume)
        .set("stroke-width", px((area.calendar.slot() * 0.7).clamp(0.6, 12.0)));
    let caption = format!("Volume, shares a {}", chart.period());
    Group::new().add(area.caption(&caption)).add(area.grid(None)).add(bars)
}
