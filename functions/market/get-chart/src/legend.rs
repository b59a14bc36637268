//! The legend above the panels: the stock, its facts, and the lines.

use svg::node::element::{Group, Line, Text};

use crate::{
    chart::{Chart, STROKES},
    labels,
    layout::Scene,
    panels,
    shapes::{self, px},
};

/// The length of a line sample.
const SAMPLE: f64 = 18.0;

/// A text, and a sample of the line that it names, if any.
struct Item {
    text: String,
    sample: Option<Line>,
}

/// Draws title, facts and lines. Also returns the y position below them.
pub(crate) fn draw(chart: &Chart<'_>, scene: &Scene) -> (Group, f64) {
    let title = scene.size + 4.0;
    let mut baseline = scene.margin + title * 0.8;
    let heading = heading(chart, scene, title);
    let mut group = Group::new().add(
        shapes::text(&heading, scene.margin, baseline, scene.palette.text).set("font-size", title),
    );
    baseline += scene.size * 1.7;
    for (items, colour) in
        [(facts(chart), scene.palette.muted), (lines(chart, scene), scene.palette.text)]
    {
        let (drawn, last) = flow(scene, items, baseline, colour);
        group = group.add(drawn);
        baseline = last + scene.size * 1.5;
    }
    (group, baseline - scene.size * 0.9)
}

/// The name, cut to fit, and the symbol; only the symbol when the font lacks a letter of the name.
fn heading(chart: &Chart<'_>, scene: &Scene, size: f64) -> String {
    let symbol = chart.symbol.as_str();
    let name = chart.history.name.trim();
    if name.is_empty() || !scene.ruler.knows(name) {
        return symbol.to_owned();
    }
    let room = scene.width - 2.0 * scene.margin - scene.ruler.width(&format!(" ({symbol})"), size);
    format!("{} ({symbol})", scene.ruler.fit(name, size, room))
}

/// As-of date, price, change.
fn facts(chart: &Chart<'_>) -> Vec<Item> {
    let (Some(first), Some(last)) = (chart.history.rows.first(), chart.history.rows.last()) else {
        return Vec::new();
    };
    let (began, ended) = (first.adj_close.to_f64(), last.adj_close.to_f64());
    let mut facts = vec![
        format!("As of {}", labels::day(last.day)),
        format!("Adjusted close {} {}", labels::price(ended), chart.currency()),
        format!("{} since {}", labels::change(ended / began - 1.0), labels::day(first.day)),
    ];
    if panels::is_logarithmic(chart) {
        facts.push("Logarithmic scale".to_owned());
    }
    facts.into_iter().map(|text| Item { text, sample: None }).collect()
}

/// The lines of the price panel.
fn lines(chart: &Chart<'_>, scene: &Scene) -> Vec<Item> {
    if chart.history.rows.is_empty() {
        return Vec::new();
    }
    let averages = STROKES.iter().zip(scene.palette.averages).map(|(stroke, colour)| Item {
        text: stroke.name.to_owned(),
        sample: Some(sample(colour).set("stroke-dasharray", stroke.dashes)),
    });
    let close = Item { text: "Close".to_owned(), sample: Some(sample(scene.palette.close)) };
    let band = sample(scene.palette.band).set("stroke-width", 9).set("stroke-opacity", 0.4);
    let band = Item { text: "Bollinger bands 20, 2".to_owned(), sample: Some(band) };
    [close].into_iter().chain(averages).chain([band]).collect()
}

fn sample(colour: &str) -> Line {
    Line::new().set("stroke-width", 2).set("stroke", colour)
}

/// Puts items next to each other, on as many rows as they need. Also returns the baseline of the
/// last row.
fn flow(scene: &Scene, items: Vec<Item>, first: f64, colour: &str) -> (Group, f64) {
    let (mut group, mut x, mut baseline) = (Group::new(), scene.margin, first);
    for Item { text, sample } in items {
        let lead = if sample.is_some() { SAMPLE + 6.0 } else { 0.0 };
        let width = lead + scene.ruler.width(&text, scene.size);
        if x > scene.margin && x + width > scene.width - scene.margin {
            (x, baseline) = (scene.margin, baseline + scene.size * 1.5);
        }
        let middle = baseline - scene.size * 0.35;
        if let Some(line) = sample {
            let (begin, end) = (px(x), px(x + SAMPLE));
            group = group.add(
                line.set("x1", begin).set("x2", end).set("y1", px(middle)).set("y2", px(middle)),
            );
        }
        let written: Text = shapes::text(&text, x + lead, baseline, colour);
        group = group.add(written);
        x += width + scene.size * 1.3;
    }
    (group, baseline)
}
