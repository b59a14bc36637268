//! The legibility of charts.

use std::{path::Path, sync::Arc};

use resvg::{
    tiny_skia::Rect,
    usvg::{Group, Node, Options, Tree, fontdb::Database, roxmltree::Document},
};

use super::{Shelf, svg, svg_of};

const SIZES: [&str; 5] = [
    "width=320",
    "width=320&height=240",
    "width=800",
    "width=1600&height=1200",
    "width=480&range=max",
];
/// The contrasts that WCAG 2.2 requires of text and of graphics.
const CONTRASTS: [(&str, f64); 2] = [("text", 4.5), ("path", 3.0)];

/// Every text of a drawing and the box around its letters.
fn texts(svg: &str) -> Vec<(String, Rect)> {
    let font = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../functions/market/get-chart/font/Inter-Regular.ttf");
    let mut fonts = Database::new();
    fonts.load_font_data(std::fs::read(font).unwrap());
    let tree =
        Tree::from_str(svg, &Options { fontdb: Arc::new(fonts), ..Options::default() }).unwrap();
    let mut found = Vec::new();
    collect(tree.root(), &mut found);
    found
}

fn collect(group: &Group, found: &mut Vec<(String, Rect)>) {
    for node in group.children() {
        match node {
            Node::Group(group) => collect(group, found),
            Node::Text(text) => {
                let letters = text.chunks().iter().map(|chunk| chunk.text()).collect();
                found.push((letters, text.abs_bounding_box()));
            }
            _ => {}
        }
    }
}

async fn assert_readable(shelf: Shelf, query: &str) {
    let svg = svg_of(shelf, query).await;
    let document = Document::parse(&svg).unwrap();
    let (width, height) = (size(&document, "width"), size(&document, "height"));
    let texts = texts(&svg);
    assert!(texts.len() > 10, "{query}: {texts:?}");
    for (text, letters) in &texts {
        let inside = letters.left() >= 0.0 && letters.top() >= 0.0;
        let inside = inside && letters.right() <= width && letters.bottom() <= height;
        assert!(inside, "{query}: {text} at {letters:?}");
        let under: Vec<_> = texts
            .iter()
            .filter(|(other, at)| other != text && at.intersect(letters).is_some())
            .collect();
        assert!(under.is_empty(), "{query}: {text} at {letters:?} is over {under:?}");
    }
}

fn size(document: &Document<'_>, name: &str) -> f32 {
    document.root_element().attribute(name).unwrap().parse().unwrap()
}

#[tokio::test]
async fn every_text_is_inside_the_picture_and_over_no_other() {
    for query in SIZES {
        assert_readable(Shelf::with_aapl(), query).await;
    }
}

#[tokio::test]
async fn a_long_name_is_cut() {
    assert_readable(Shelf::named(&"Very Long Name of a Company ".repeat(20)), "width=320").await;
}

#[tokio::test]
async fn a_title_takes_as_long_as_its_name_is() {
    let name = "Very Long Name of a Company ".repeat(10_000);
    let svg = svg_of(Shelf::named(&name), "width=320").await;
    let document = Document::parse(&svg).unwrap();
    let mut texts = document.descendants().filter_map(|node| node.text()).map(str::trim);
    let title = texts.find(|text| text.ends_with("… (AAPL)")).unwrap();
    assert!(title.starts_with("Very Long Name of") && title.len() < 60, "{title}");
}

#[tokio::test]
async fn every_range_can_be_read_on_a_telephone() {
    for range in ["1m", "3m", "6m", "2y", "5y", "max"] {
        assert_readable(Shelf::with_aapl(), &format!("range={range}&width=320")).await;
    }
}

#[tokio::test]
async fn no_text_is_smaller_than_11_pixels() {
    for query in SIZES {
        let svg = svg(query).await;
        let document = Document::parse(&svg).unwrap();
        let sizes = document.descendants().filter_map(|node| node.attribute("font-size"));
        let smallest = sizes.map(|size| size.parse::<f64>().unwrap()).fold(f64::INFINITY, f64::min);
        assert!((11.0..20.0).contains(&smallest), "{query}: {smallest}");
    }
}

#[tokio::test]
async fn colours_stand_out_in_both_themes() {
    for theme in ["light", "dark"] {
        let svg = svg(&format!("theme={theme}")).await;
        let document = Document::parse(&svg).unwrap();
        let background = document
            .descendants()
            .find(|node| node.has_tag_name("rect"))
            .unwrap()
            .attribute("fill")
            .unwrap();
        for (tag, least) in CONTRASTS {
            for node in document.descendants().filter(|node| node.has_tag_name(tag)) {
                let colour =
                    node.attribute(if tag == "text" { "fill" } else { "stroke" }).unwrap_or("none");
                let contrast = contrast(colour, background);
                // The grid is below everything; the last price is written in the background's
                // colour on a box.
                let exempt = contrast < 1.4 || colour == "none";
                assert!(exempt || contrast >= least, "{theme}: {tag} {colour} has {contrast:.2}");
            }
        }
    }
}

#[tokio::test]
async fn the_averages_differ_in_more_than_their_colour() {
    let svg = svg("").await;
    let document = Document::parse(&svg).unwrap();
    let samples = document.descendants().filter(|node| node.has_tag_name("line"));
    let dashes: Vec<_> = samples.filter_map(|node| node.attribute("stroke-dasharray")).collect();
    assert_eq!(dashes, ["none", "none", "7 3", "2 2", "none"]);
}

/// WCAG 2.2, contrast ratio.
fn contrast(one: &str, other: &str) -> f64 {
    if !one.starts_with('#') {
        return 0.0;
    }
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// WCAG 2.2, relative luminance of `#rrggbb`.
fn luminance(colour: &str) -> f64 {
    let [red, green, blue] = [1, 3, 5].map(|at| linear(&colour[at..at + 2]));
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// The distance of two colours in CIELAB, as seen after this change of linear light.
pub(super) fn distance(one: &str, other: &str, seen: &[[f64; 3]; 3]) -> f64 {
    let (one, other) = (lab(one, seen), lab(other, seen));
    one.iter().zip(other).map(|(one, other)| (one - other).powi(2)).sum::<f64>().sqrt()
}

/// CIELAB with the white of D65.
fn lab(colour: &str, seen: &[[f64; 3]; 3]) -> [f64; 3] {
    const XYZ: [[f64; 3]; 3] = [
        [0.4124 / 0.95047, 0.3576 / 0.95047, 0.1805 / 0.95047],
        [0.2126, 0.7152, 0.0722],
        [0.0193 / 1.08883, 0.1192 / 1.08883, 0.9505 / 1.08883],
    ];
    let light = [1, 3, 5].map(|at| linear(&colour[at..at + 2]));
    let [x, y, z] = times(&XYZ, times(seen, light)).map(f64::cbrt);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

fn times(matrix: &[[f64; 3]; 3], vector: [f64; 3]) -> [f64; 3] {
    matrix.map(|row| row.iter().zip(vector).map(|(factor, value)| factor * value).sum())
}

/// A channel of sRGB, in hexadecimal, as linear light from 0 to 1.
fn linear(channel: &str) -> f64 {
    let value = f64::from(u8::from_str_radix(channel, 16).unwrap()) / 255.0;
    if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}
