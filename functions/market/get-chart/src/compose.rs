//! The picture as a whole.

use base64::{Engine, prelude::BASE64_STANDARD};
use market::Metric;
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
    labels,
    layout::Scene,
    legend,
    panels::{self, Panel},
    parameters::Options,
    ruler::{self, Ruler},
    shapes,
};

/// Draws the legend and, below it, as many panels as fit.
pub(crate) fn compose(chart: &Chart<'_>) -> Result<Document, DrawError> {
    let scene = Scene::new(chart.options, Ruler::new()?);
    let background = Rectangle::new()
        .set("width", "100%")
        .set("height", "100%")
        .set("fill", scene.palette.background);
    let (legend, top) = legend::draw(chart, &scene);
    let mut below = panels::wanted(chart);
    while !scene.has_room(top, below.len()) {
        below.pop();
    }
    let document = chart.document(&scene, &below).add(background).add(legend);
    Ok(if chart.history.rows.is_empty() {
        document.add(nothing(&scene))
    } else {
        document.add(chart.panels(&scene, top, below))
    })
}

impl Chart<'_> {
    /// The empty picture, with its title and description for screen readers.
    fn document(&self, scene: &Scene, below: &[Panel]) -> Document {
        let Options { width, height, .. } = self.options;
        let id = format!("chart-{}", self.symbol);
        let font = BASE64_STANDARD.encode(ruler::WOFF2);
        let face = format!(
            "@font-face{{font-family:Inter;\
             src:url(data:font/woff2;base64,{font}) format(\"woff2\")}}"
        );
        Document::new()
            .set("viewBox", format!("0 0 {width} {height}"))
            .set("width", *width)
            .set("height", *height)
            .set("role", "img")
            .set("aria-labelledby", format!("{id}-title {id}-desc"))
            .set("font-family", "Inter, system-ui, sans-serif")
            .set("font-size", scene.size)
            .add(Title::new(self.title()).set("id", format!("{id}-title")))
            .add(
                Description::new()
                    .set("id", format!("{id}-desc"))
                    .add(node::Text::new(self.description(below))),
            )
            .add(Style::new(face))
    }

    fn title(&self) -> String {
        // XML does not allow control characters, not even escaped.
        let name: String =
            self.history.name.chars().filter(|letter| !letter.is_control()).collect();
        format!("{name} ({}), adjusted prices", self.symbol)
    }

    fn description(&self, below: &[Panel]) -> String {
        let (Some(first), Some(last)) = (self.history.rows.first(), self.history.rows.last())
        else {
            return "There are no prices of this stock yet.".to_owned();
        };
        let closes = self.history.rows.iter().map(|row| row.adj_close.to_f64());
        let (began, ended) = (first.adj_close.to_f64(), last.adj_close.to_f64());
        let price = format!(
            "From {} to {}: adjusted close {} {}, {} over the time, at the end of each {} \
             between {} and {}.",
            labels::day(first.day),
            labels::day(last.day),
            labels::price(ended),
            self.currency(),
            labels::change(ended / began - 1.0),
            self.period(),
            labels::price(closes.clone().fold(f64::INFINITY, f64::min)),
            labels::price(closes.fold(0.0, f64::max)),
        );
        let rsi = last.metrics.get(Metric::Rsi14).filter(|_| below.contains(&Panel::Rsi));
        let rsi = rsi.map(|rsi| format!(" RSI 14: {}.", labels::number(rsi, 1)));
        let volume = panels::volume(last).filter(|_| below.contains(&Panel::Volume));
        let volume = volume.map(|shares| {
            format!(" Volume of the last {}: {}.", self.period(), labels::count(shares))
        });
        [Some(price), rsi, volume].into_iter().flatten().collect()
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

/// The text in place of the panels.
fn nothing(scene: &Scene) -> node::element::Text {
    let text =
        shapes::text("No prices yet", scene.width / 2.0, scene.height / 2.0, scene.palette.muted);
    text.set("text-anchor", "middle").set("font-size", scene.size + 2.0)
}
