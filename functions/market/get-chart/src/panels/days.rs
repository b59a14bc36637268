//! The dates of all panels.

use svg::node::element::{Group, Path};

use crate::{
    calendar::Calendar,
    layout::{Scene, Span},
    parameters::Panel,
    shapes::{self, crisp, px},
};

/// The date labels below the last panel, and a vertical line at each date through all panels.
pub(crate) fn days(scene: &Scene, calendar: &Calendar, placed: &[(Panel, Span)]) -> Group {
    let bottom = placed.last().map_or(scene.height, |(_, (_, bottom))| *bottom);
    let room = calendar.right - calendar.left;
    // One for each 4.5 text sizes of width, at most 12.
    let count = (1..13_u8).take_while(|count| f64::from(*count) * scene.size * 4.5 < room).count();
    let mut group = Group::new();
    for (day, label) in calendar.ticks(count.max(3)) {
        let x = crisp(calendar.x(day));
        let lines = placed
            .iter()
            .map(|(_, (top, bottom))| format!("M{} {}V{}", px(x), px(*top), px(*bottom)));
        let line =
            Path::new().set("d", lines.collect::<String>()).set("stroke", scene.palette.grid);
        group = group.add(line);
        let half = scene.ruler.width(&label, scene.size) / 2.0;
        if x - half >= scene.margin && x + half <= scene.width - scene.margin {
            let text = shapes::text(&label, x, bottom + scene.size * 1.6, scene.palette.muted);
            group = group.add(text.set("text-anchor", "middle"));
        }
    }
    group
}
