//! Texts in a row, with samples of the lines that they name.

use svg::node::element::{Group, Line};

use crate::{
    layout::Scene,
    shapes::{self, px},
};

/// A text, and a sample of the line that it names, if any.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub text: String,
    pub colour: &'static str,
    /// The text size; `None` for that of the picture.
    pub size: Option<f64>,
    pub sample: Option<Line>,
}

impl Item {
    pub(crate) fn new(text: impl Into<String>, colour: &'static str) -> Self {
        Self { text: text.into(), colour, size: None, sample: None }
    }

    pub(crate) fn with_size(self, size: f64) -> Self {
        Self { size: Some(size), ..self }
    }

    /// A sample of a line with this colour and dashes.
    pub(crate) fn with_line(self, colour: &str, dashes: &str) -> Self {
        let line = Line::new().set("stroke-width", 2).set("stroke", colour);
        Self { sample: Some(line.set("stroke-dasharray", dashes)), ..self }
    }

    fn lead(&self, scene: &Scene) -> f64 {
        if self.sample.is_some() { sample_width(scene) + 6.0 } else { 0.0 }
    }

    fn width(&self, scene: &Scene) -> f64 {
        self.lead(scene) + scene.ruler.width(&self.text, self.size.unwrap_or(scene.size))
    }

    fn draw(&self, scene: &Scene, x: f64, baseline: f64) -> Group {
        let text = shapes::text(&self.text, x + self.lead(scene), baseline, self.colour);
        let text = match self.size {
            Some(size) => text.set("font-size", size),
            None => text,
        };
        let group = Group::new().add(text);
        let middle = px(baseline - scene.size * 0.35);
        match &self.sample {
            Some(line) => group.add(
                line.clone()
                    .set("x1", px(x))
                    .set("x2", px(x + sample_width(scene)))
                    .set("y1", middle.clone())
                    .set("y2", middle),
            ),
            None => group,
        }
    }
}

/// The items that fit in one row.
pub(crate) fn row(scene: &Scene, items: &[Item], baseline: f64) -> Group {
    let (mut group, mut x) = (Group::new(), scene.margin);
    for item in items {
        let width = item.width(scene);
        if x > scene.margin && x + width > scene.width - scene.margin {
            break;
        }
        group = group.add(item.draw(scene, x, baseline));
        x += width + gap(scene);
    }
    group
}

/// The items in as many rows as they need. Also returns the baseline of the last row.
pub(crate) fn rows(scene: &Scene, items: &[Item], first: f64) -> (Group, f64) {
    let (mut group, mut x, mut baseline) = (Group::new(), scene.margin, first);
    for item in items {
        let width = item.width(scene);
        if x > scene.margin && x + width > scene.width - scene.margin {
            (x, baseline) = (scene.margin, baseline + scene.size * 1.5);
        }
        group = group.add(item.draw(scene, x, baseline));
        x += width + gap(scene);
    }
    (group, baseline)
}

/// True when all items fit in one row.
pub(crate) fn fit(scene: &Scene, items: &[Item]) -> bool {
    let widths: f64 = items.iter().map(|item| item.width(scene) + gap(scene)).sum();
    widths - gap(scene) <= scene.width - 2.0 * scene.margin
}

/// The length of a line sample.
fn sample_width(scene: &Scene) -> f64 {
    scene.size * 2.5 - 14.0
}

fn gap(scene: &Scene) -> f64 {
    scene.size * 1.1
}
