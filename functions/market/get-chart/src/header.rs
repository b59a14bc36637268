//! The header: the stock, its last price, and how the price changed.

use svg::node::element::Group;

use crate::{
    chart::Chart,
    items::{self, Item},
    labels,
    layout::Scene,
    panels,
};

/// Draws the name, the price and the facts, in as few rows as they fit. Also returns the y position
/// of their last baseline.
pub(crate) fn draw(chart: &Chart<'_>, scene: &Scene) -> (Group, f64) {
    let title = scene.size + 4.0;
    let (price, facts) = (price(chart, scene), facts(chart, scene));
    let name = [Item::new(heading(chart, scene, title), scene.palette.text).with_size(title)];
    let named = [name.as_slice(), &price].concat();
    let all = [named.as_slice(), &facts].concat();
    let lines = if items::fit(scene, &all) {
        vec![all]
    } else if items::fit(scene, &named) {
        vec![named, facts]
    } else {
        vec![name.into(), [price, facts].concat()]
    };
    let mut baseline = scene.margin + title * 0.8;
    let mut group = Group::new();
    for (index, line) in lines.iter().enumerate() {
        if index > 0 {
            baseline += scene.size * 1.7;
        }
        let (drawn, last) = items::rows(scene, line, baseline);
        (group, baseline) = (group.add(drawn), last);
    }
    (group, baseline)
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

/// The last price, and the change of its day.
fn price(chart: &Chart<'_>, scene: &Scene) -> Vec<Item> {
    let Some(last) = chart.history.rows.last() else { return Vec::new() };
    let (close, palette) = (last.adj_close.to_f64(), scene.palette);
    let price = format!("{} {}", labels::price(close), chart.currency());
    let mut items = vec![Item::new(price.trim_end(), palette.text).with_size(scene.size + 3.0)];
    if let Some(change) = chart.day_change() {
        let amount = labels::amount(change.amount, close);
        let text = format!("{amount} ({})", labels::percent(change.fraction));
        let colour = palette.direction(change.is_up());
        items.push(Item::new(text, colour).with_size(scene.size + 1.0));
    }
    items
}

/// The day of the price, the change over the whole chart, and how to read it.
fn facts(chart: &Chart<'_>, scene: &Scene) -> Vec<Item> {
    let rows = &chart.history.rows;
    let (Some(first), Some(last), Some(change)) = (rows.first(), rows.last(), chart.change())
    else {
        return Vec::new();
    };
    let mut facts = vec![
        format!("Adjusted close {}", labels::day(last.day)),
        format!("{} since {}", labels::percent(change.fraction), labels::day(first.day)),
    ];
    if panels::is_logarithmic(chart) {
        facts.push("Logarithmic scale".to_owned());
    }
    facts.into_iter().map(|text| Item::new(text, scene.palette.muted)).collect()
}
