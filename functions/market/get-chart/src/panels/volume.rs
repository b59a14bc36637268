//! Shares traded.

use market::HistoryRow;
use svg::node::element::Group;

use super::area::Area;
use crate::{
    axis::{Axis, Room},
    chart::Chart,
    items::Item,
    labels,
    layout::{Scene, Span},
};

/// Shares traded in the period of a row, not adjusted for splits; `None` where the provider gives
/// none.
#[expect(clippy::cast_precision_loss, reason = "a picture has no use for the 16th digit")]
pub(crate) fn volume(row: &HistoryRow) -> Option<f64> {
    row.volume.map(|volume| volume as f64)
}

pub(super) fn axis(chart: &Chart<'_>, scene: &Scene, span: Span) -> Axis {
    let most = chart.history.rows.iter().filter_map(volume).fold(1.0, f64::max);
    let room = Room::new(scene, span, None);
    Axis::linear(0.0, most * 1.05, &room, |value, _| labels::count(value))
}

pub(super) fn draw(chart: &Chart<'_>, area: &Area<'_>) -> Group {
    let palette = area.scene.palette;
    let mut caption =
        vec![Item::new(format!("Volume, shares a {}", chart.period()), palette.muted)];
    if let Some((shares, is_up)) =
        chart.directions().last().map(|(row, is_up)| (volume(row), is_up))
    {
        caption.extend(
            shares.map(|shares| Item::new(labels::count(shares), palette.direction(is_up))),
        );
    }
    let group = Group::new().add(area.caption(&caption)).add(area.grid());
    [true, false].into_iter().fold(group, |group, wanted| {
        let volumes = chart.directions().map(|(row, is_up)| (volume(row), is_up));
        group.add(area.bars(volumes, wanted).set("stroke-opacity", 0.8))
    })
}
