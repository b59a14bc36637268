//! The legend: the lines of the price.

use svg::node::element::Group;

use crate::{
    chart::{Chart, STROKES},
    items::{self, Item},
    labels,
    layout::Scene,
    parameters::Style,
};

/// Draws the names of the lines below `top`, with their last values where these fit. Also returns
/// the y position of the last baseline.
pub(crate) fn draw(chart: &Chart<'_>, scene: &Scene, top: f64) -> (Group, f64) {
    if chart.history.rows.is_empty() {
        return (Group::new(), top);
    }
    let forms = [Form::Values, Form::Names, Form::Short].map(|form| lines(chart, scene, form));
    let [.., shortest] = &forms;
    let fitting = forms.iter().find(|items| items::fit(scene, items)).unwrap_or(shortest);
    items::rows(scene, fitting, top + scene.size * 1.6)
}

/// From the longest to the shortest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Names with the last values.
    Values,
    Names,
    /// Without the close, which the header names.
    Short,
}

fn lines(chart: &Chart<'_>, scene: &Scene, form: Form) -> Vec<Item> {
    let palette = scene.palette;
    let last = chart.history.rows.last().filter(|_| form == Form::Values);
    let averages = STROKES.iter().zip(palette.averages).map(|(stroke, colour)| {
        let value = last.and_then(|row| row.metrics.get(stroke.metric));
        let value = value.map_or_else(String::new, |value| format!(" {}", labels::price(value)));
        Item::new(format!("{}{value}", stroke.name), palette.text).with_line(colour, stroke.dashes)
    });
    let close = Item::new("Close", palette.text).with_line(palette.close, "none");
    let close = (chart.style != Style::Candles && form != Form::Short).then_some(close);
    let bands = if form == Form::Short { "BB 20, 2" } else { "Bollinger bands 20, 2" };
    let mut bands = Item::new(bands, palette.text).with_line(palette.band, "none");
    bands.sample = bands.sample.map(|line| line.set("stroke-width", 9).set("stroke-opacity", 0.4));
    close.into_iter().chain(averages).chain([bands]).collect()
}
