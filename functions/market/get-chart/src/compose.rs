//! The picture as a whole.

use base64::{Engine, prelude::BASE64_STANDARD};
use svg::{
    Document,
    node::{
        self,
        element::{Description, Group, Rectangle, Style, Title},
    },
};

use crate::{
    axis::Axis,
    calendar::Calendar,
    chart::Chart,
    error::DrawError,
    header, labels,
    layout::Scene,
    legend, panels,
    parameters::{Font, Options, Panel},
    ruler::{self, Ruler},
    shapes,
};

/// Draws the header, the legend and, below them, as many panels as fit; the last ones are left out
/// first.
pub(crate) fn compose(chart: &Chart<'_>) -> Result<Document, DrawError> {
    let scene = Scene::new(chart.options, Ruler::new()?);
    let background = Rectangle::new()
        .set("width", "100%")
        .set("height", "100%")
        .set("fill", scene.palette.background);
    let (header, baseline) = header::draw(chart, &scene);
    let (legend, baseline) = legend::draw(chart, &scene, baseline);
    let top = baseline + scene.size * 0.8;
    let mut below = panels::wanted(chart);
    while !scene.has_room(top, below.len()) {
        below.pop();
    }
    let document = chart.document(&scene, &below).add(background).add(header).add(legend);
    Ok(if chart.history.rows.is_empty() {
        document.add(nothing(chart, &scene))
    } else {
        document.add(chart.panels(&scene, top, below))
    })
}

impl Chart<'_> {
    /// The empty picture, with its title and description for screen readers.
    fn document(&self, scene: &Scene, below: &[Panel]) -> Document {
        let Options { width, height, font, .. } = self.options;
        let id = format!("chart-{}", self.symbol);
        let family = match font {
            Font::Embedded => "Inter, system-ui, sans-serif",
            Font::System => "system-ui, sans-serif",
        };
        let document = Document::new()
            .set("viewBox", format!("0 0 {width} {height}"))
            .set("width", *width)
            .set("height", *height)
            .set("role", "img")
            .set("aria-labelledby", format!("{id}-title {id}-desc"))
            .set("font-family", family)
            .set("font-size", scene.size)
            .add(Title::new(self.title()).set("id", format!("{id}-title")))
            .add(
                Description::new()
                    .set("id", format!("{id}-desc"))
                    .add(node::Text::new(self.description(below))),
            );
        match font {
            Font::Embedded => document.add(Style::new(face())),
            Font::System => document,
        }
    }

    fn panels(&self, scene: &Scene, top: f64, below: Vec<Panel>) -> Group {
        let spans = scene.spans(top, below.len().try_into().unwrap_or(u8::MAX));
        let placed: Vec<_> = [Panel::Price].into_iter().chain(below).zip(spans).collect();
        let axes: Vec<_> =
            placed.iter().map(|(panel, span)| panel.axis(self, scene, *span)).collect();
        let calendar = self.calendar(scene, &axes);
        let mut group = Group::new().add(panels::days(scene, &calendar, &placed));
        for ((panel, span), axis) in placed.iter().zip(&axes) {
            group = group.add(
                panel.draw(self, &panels::Area { scene, calendar: &calendar, axis, span: *span }),
            );
        }
        group
    }

    /// Leaves room on the right for the value labels.
    fn calendar(&self, scene: &Scene, axes: &[Axis]) -> Calendar {
        let labels = axes
            .iter()
            .flat_map(|axis| &axis.ticks)
            .map(|tick| scene.ruler.width(&tick.label, scene.size));
        let last = self
            .history
            .rows
            .last()
            .map(|row| scene.ruler.width(&labels::price(row.adj_close.to_f64()), scene.size));
        let widest = labels.chain(last).fold(0.0, f64::max);
        Calendar::new(&self.history.rows, scene.margin, scene.width - scene.margin - widest - 14.0)
    }
}

/// The font, for the SVG to be the same on every system.
fn face() -> String {
    let font = BASE64_STANDARD.encode(ruler::WOFF2);
    format!(
        "@font-face{{font-family:Inter;\
         src:url(data:font/woff2;base64,{font}) format(\"woff2\")}}"
    )
}

/// The text in place of the panels.
fn nothing(chart: &Chart<'_>, scene: &Scene) -> node::element::Text {
    let (x, y) = (scene.width / 2.0, scene.height / 2.0);
    let text = shapes::text(&chart.nothing(), x, y, scene.palette.muted);
    text.set("text-anchor", "middle").set("font-size", scene.size + 2.0)
}
