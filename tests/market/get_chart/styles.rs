//! Candles, lines and areas, and the colours of up and down.

use resvg::usvg::roxmltree::Document;

use super::{AAPL, Shelf, drawing::written, legible::distance, svg, svg_of};

/// The shapes of a candle are the only ones closed with a small z.
fn candles(svg: &str) -> usize {
    let document = Document::parse(svg).unwrap();
    let data = document.descendants().filter_map(|node| node.attribute("d"));
    data.map(|data| data.matches('z').count()).sum()
}

#[tokio::test]
async fn charts_up_to_six_months_have_candles() {
    for (query, first) in [
        ("range=1m", Some("2013-02-01")),
        ("range=6m", Some("2012-09-01")),
        ("range=6m&width=320&height=240", Some("2012-09-01")),
        ("range=1y", None),
        ("from=2012-09-01", Some("2012-09-01")),
        ("from=2012-08-31", None),
        ("range=1m&style=line", None),
        ("range=1m&style=area", None),
        ("range=1y&style=candles", Some("2012-03-01")),
    ] {
        let days =
            AAPL.iter().filter(|row| first.is_some_and(|first| row.day >= first.parse().unwrap()));
        assert_eq!(candles(&svg(query).await), days.count(), "{query}");
    }
}

#[tokio::test]
async fn an_area_is_a_line_with_a_filled_shape_below() {
    let (line, area) = (svg("style=line").await, svg("style=area").await);
    assert!(!line.contains("fill-opacity=\"0.12\"") && area.contains("fill-opacity=\"0.12\""));
}

#[tokio::test]
async fn a_candle_spans_its_day() {
    let mut shelf = Shelf::with_aapl();
    shelf.history = shelf.history.split_off(shelf.history.len() - 2);
    let svg = svg_of(shelf, "style=candles&panels=none").await;
    let document = Document::parse(&svg).unwrap();
    let mut paths = document.descendants().filter_map(|node| node.attribute("d"));
    let candle = paths.rfind(|data| data.contains('z')).unwrap();
    // From the high down to the body, and from there down to the low.
    let numbers: Vec<f64> = candle
        .split(|letter: char| !letter.is_ascii_digit() && letter != '.')
        .filter_map(|text| text.parse().ok())
        .collect();
    let [high, top, bottom, low] = [numbers[1], numbers[2], numbers[4], numbers[5]];
    assert!(high <= top && top <= bottom && bottom <= low, "{candle}");
}

#[tokio::test]
async fn volume_bars_have_the_colours_of_their_days() {
    for query in ["range=6m", "range=1y", "range=max"] {
        let svg = svg(&format!("{query}&panels=volume")).await;
        let bars = bars(&svg);
        assert_eq!(bars.len(), 2, "{query}: {bars:?}");
        assert!(bars.iter().all(|(_, count)| *count > 20), "{query}: {bars:?}");
        assert_ne!(bars[0].0, bars[1].0);
    }
}

/// The colour and the count of each group of volume bars.
fn bars(svg: &str) -> Vec<(String, usize)> {
    let document = Document::parse(svg).unwrap();
    let paths =
        document.descendants().filter(|node| node.attribute("stroke-opacity") == Some("0.8"));
    paths
        .map(|node| {
            let count = node.attribute("d").unwrap().matches('V').count();
            (node.attribute("stroke").unwrap().to_owned(), count)
        })
        .collect()
}

#[tokio::test]
async fn up_and_down_differ_with_any_colour_blindness() {
    for theme in ["light", "dark"] {
        let svg = svg(&format!("range=6m&theme={theme}")).await;
        let bars = bars(&svg);
        for blindness in &BLINDNESS {
            let distance = distance(&bars[0].0, &bars[1].0, blindness);
            assert!(distance > 25.0, "{theme}: {bars:?} have {distance:.1}");
        }
    }
}

/// Linear sRGB as seen without red, green and blue cones (Machado, Oliveira and Fernandes 2009).
const BLINDNESS: [[[f64; 3]; 3]; 3] = [
    [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
];

#[tokio::test]
async fn the_macd_is_a_panel() {
    let texts = written(&svg("panels=macd,volume").await);
    for text in ["MACD 12, 26, 9 −12.09", "Signal −11.58", "Histogram −0.51", "0"] {
        assert!(texts.contains(&text.to_owned()), "{text}: {texts:?}");
    }
    let [macd, volume] = ["MACD", "Volume"]
        .map(|name| texts.iter().position(|text| text.starts_with(name)).unwrap());
    assert!(macd < volume, "{texts:?}");
    assert!(!texts.iter().any(|text| text.starts_with("RSI")), "{texts:?}");
}
