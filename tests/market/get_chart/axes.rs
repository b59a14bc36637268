//! The axes of charts.

use market::fakes::history as sample;
use resvg::usvg::roxmltree::{Document, Node};

use super::{Shelf, drawing::written, svg, svg_of};

const SIZES: [&str; 8] = [
    "width=320&height=240",
    "width=320",
    "width=480",
    "width=800",
    "width=1600&height=240",
    "width=1600&height=1200",
    "width=320&height=1200",
    "width=640&height=420&panels=macd,rsi,volume",
];
const RANGES: [&str; 7] = ["1m", "3m", "6m", "1y", "2y", "5y", "max"];

#[tokio::test]
async fn every_axis_has_three_labels_at_every_size() {
    for symbol in ["AAPL", "IBM", "MSFT", "SPX"] {
        let history = sample(symbol);
        for size in SIZES {
            for range in RANGES {
                let shelf = Shelf { name: "A name".to_owned(), history: history.clone() };
                let query = format!("range={range}&{size}");
                let labels = labels(&svg_of(shelf, &query).await);
                let few = labels.iter().find(|labels| labels.len() < 3);
                assert!(few.is_none(), "{symbol} {query}: {labels:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_flat_price_has_three_labels() {
    let mut shelf = Shelf::with_aapl();
    shelf.history.truncate(1);
    let labels = labels(&svg_of(shelf, "style=line&panels=none").await);
    assert!(labels[0].len() >= 3, "{labels:?}");
}

/// Labels of such an axis could not be told apart, and steps this small do not change a price.
#[tokio::test]
async fn prices_that_differ_by_a_rounding_have_the_axis_of_a_flat_price() {
    let mut shelf = Shelf::with_aapl();
    shelf.history.truncate(2);
    for (row, close) in shelf.history.iter_mut().zip(["100", "100.00000000000002"]) {
        row.adj_close = close.parse().unwrap();
    }
    let labels = labels(&svg_of(shelf, "style=line&panels=none").await);
    assert!((3..20).contains(&labels[0].len()), "{labels:?}");
}

/// The labels to the right of each panel, without that of the last price.
fn labels(svg: &str) -> Vec<Vec<String>> {
    let document = Document::parse(svg).unwrap();
    let background = document.descendants().find(|node| node.has_tag_name("rect")).unwrap();
    let background = background.attribute("fill");
    let texts: Vec<_> = document.descendants().filter(|node| node.has_tag_name("text")).collect();
    let last = texts.iter().find(|node| node.attribute("fill") == background).unwrap();
    let captions = texts.iter().filter(|node| is_caption(node.text().unwrap().trim()));
    let mut panels: Vec<Vec<String>> = vec![Vec::new(); captions.clone().count() + 1];
    for label in texts.iter().filter(|node| node.attribute("x") == last.attribute("x")) {
        if label.attribute("fill") != background {
            let panel = captions.clone().filter(|caption| y(caption) < y(label)).count();
            panels[panel].push(label.text().unwrap().trim().to_owned());
        }
    }
    panels
}

fn is_caption(text: &str) -> bool {
    ["Volume", "RSI", "MACD"].into_iter().any(|name| text.starts_with(name))
}

fn y(node: &Node<'_, '_>) -> f64 {
    node.attribute("y").unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_point_is_a_day_wherever_days_fit() {
    for (query, period) in [
        ("range=1y&width=320", "day"),
        ("range=2y&width=320", "week"),
        ("range=2y&width=800", "day"),
        ("range=5y&width=800", "week"),
        ("range=5y&width=1600", "day"),
        ("range=max&width=1600", "week"),
        ("range=max&width=320", "month"),
        ("from=2005-01-03&to=2007-01-03&width=800", "day"),
        ("range=6m&width=320", "day"),
        ("range=1y&width=320&style=candles", "week"),
        ("range=1y&width=800&style=candles", "day"),
    ] {
        let texts = written(&svg(&format!("{query}&panels=volume")).await);
        let caption = format!("Volume, shares a {period}");
        assert!(texts.contains(&caption), "{query}: {texts:?}");
    }
}

#[tokio::test]
async fn a_young_stock_has_days_in_every_range() {
    for range in RANGES {
        let mut shelf = Shelf::with_aapl();
        shelf.history = shelf.history.split_off(shelf.history.len() - 100);
        let texts = written(&svg_of(shelf, &format!("range={range}&panels=volume")).await);
        assert!(texts.contains(&"Volume, shares a day".to_owned()), "{range}: {texts:?}");
    }
}

#[tokio::test]
async fn a_few_days_are_all_dated() {
    let texts = written(&svg("from=2013-02-27").await);
    for day in ["27 Feb", "28 Feb", "1 Mar"] {
        assert!(texts.contains(&day.to_owned()), "{texts:?}");
    }
}

#[tokio::test]
async fn prices_are_not_squeezed_by_a_distant_average() {
    let mut shelf = Shelf::with_aapl();
    let distant = shelf.history.len() - 260;
    for row in &mut shelf.history[distant..] {
        row.metrics = [(market::Metric::Sma200, 50_000.0)].into_iter().collect();
    }
    let texts = written(&svg_of(shelf, "").await);
    assert!(!texts.contains(&"50,000".to_owned()), "{texts:?}");
    assert!(texts.contains(&"SMA 200 50,000.00".to_owned()), "{texts:?}");
}
