//! The contents of a chart.

use resvg::{
    tiny_skia::{Pixmap, PremultipliedColorU8},
    usvg::roxmltree::{Document, Node},
};

use super::{Shelf, aapl, app, svg, svg_of};

/// The text of an element of this name.
fn text_of<'a>(document: &'a Document<'_>, name: &str) -> &'a str {
    document
        .descendants()
        .find(|node| node.has_tag_name(name))
        .and_then(|node| node.text())
        .unwrap_or_default()
}

/// The texts on the chart.
pub(super) fn written(svg: &str) -> Vec<String> {
    let document = Document::parse(svg).unwrap();
    let texts = document.descendants().filter(|node| node.has_tag_name("text"));
    texts.filter_map(|node| node.text().map(|text| text.trim().to_owned())).collect()
}

fn pixels(png: &[u8]) -> Pixmap {
    Pixmap::decode_png(png).unwrap()
}

/// The number of pixels with another colour than the corner.
fn drawn(pixmap: &Pixmap) -> usize {
    pixmap.pixels().iter().filter(|pixel| **pixel != corner(pixmap)).count()
}

fn corner(pixmap: &Pixmap) -> PremultipliedColorU8 {
    pixmap.pixels()[0]
}

#[tokio::test]
async fn a_chart_has_a_title_and_a_description() {
    let svg = svg("").await;
    let document = Document::parse(&svg).unwrap();
    let root = document.root_element();
    assert_eq!(
        (root.attribute("role"), root.attribute("viewBox")),
        (Some("img"), Some("0 0 800 480"))
    );
    assert_eq!(text_of(&document, "title"), "Apple Inc. (AAPL), adjusted prices");
    let description = text_of(&document, "desc");
    for part in [
        "From 1 Mar 2012 to 1 Mar 2013",
        "adjusted close 430.47 USD",
        "Change of the last day: −10.93 (−2.48 %)",
        "RSI 14: ",
        "Volume of the last day: 19.7M",
    ] {
        assert!(description.contains(part), "{description}");
    }
    let ids: Vec<_> =
        document.descendants().filter_map(|node: Node<'_, '_>| node.attribute("id")).collect();
    let named: Vec<_> = root.attribute("aria-labelledby").unwrap().split(' ').collect();
    assert_eq!(ids, named);
}

#[tokio::test]
async fn the_day_the_axes_and_the_lines_are_labelled() {
    let texts = written(&svg("").await);
    for text in [
        "Adjusted close 1 Mar 2013",
        "Close",
        "SMA 20 454.98",
        "SMA 50 483.20",
        "SMA 200 569.79",
        "Bollinger bands 20, 2",
        "RSI 14",
        "33.3",
        "Volume, shares a day",
        "19.7M",
        "2013",
        "30",
        "70",
        "600",
        "20M",
    ] {
        assert!(texts.iter().any(|written| written == text), "{text}: {texts:?}");
    }
}

#[tokio::test]
async fn a_panel_that_is_not_requested_is_not_drawn() {
    for (panels, expected) in
        [("rsi", [true, false]), ("volume", [false, true]), ("none", [false, false])]
    {
        let texts = written(&svg(&format!("panels={panels}")).await);
        let found = ["RSI", "Volume"].map(|panel| texts.iter().any(|text| text.starts_with(panel)));
        assert_eq!(found, expected, "{panels}");
    }
}

#[tokio::test]
async fn panels_may_be_repeated_and_separated_by_commas() {
    assert_eq!(svg("panels=rsi&panels=volume").await, svg("panels=rsi,volume").await);
}

#[tokio::test]
async fn a_panel_named_twice_is_drawn_once_and_none_adds_no_panel() {
    assert_eq!(svg("panels=rsi,volume,rsi").await, svg("panels=rsi,volume").await);
    assert_eq!(svg("panels=rsi&panels=none").await, svg("panels=rsi").await);
    assert_eq!(svg("panels=none,none").await, svg("panels=none").await);
}

#[tokio::test]
async fn a_stock_without_volumes_has_no_panel_for_them() {
    let mut shelf = Shelf::with_aapl();
    for row in &mut shelf.history {
        row.volume = None;
    }
    let svg = svg_of(shelf, "").await;
    let texts = written(&svg);
    assert!(!texts.iter().any(|text| text.starts_with("Volume")), "{texts:?}");
    let document = Document::parse(&svg).unwrap();
    let description = text_of(&document, "desc");
    assert!(description.contains("RSI") && !description.contains("Volume"), "{description}");
}

#[tokio::test]
async fn a_day_without_a_volume_has_no_bar_in_its_panel() {
    let mut shelf = Shelf::with_aapl();
    shelf.history.last_mut().unwrap().volume = None;
    let svg = svg_of(shelf, "").await;
    assert!(written(&svg).contains(&"Volume, shares a day".to_owned()), "{svg}");
    let document = Document::parse(&svg).unwrap();
    assert!(!text_of(&document, "desc").contains("Volume"));
}

#[tokio::test]
async fn a_panel_without_room_is_left_out() {
    for (size, expected) in [
        ("width=320", [true, true]),
        ("width=480&height=330", [false, true]),
        ("width=480&height=330&panels=rsi,volume", [true, false]),
        ("width=320&height=240", [false, false]),
    ] {
        let texts = written(&svg(size).await);
        let found = ["RSI", "Volume"].map(|panel| texts.iter().any(|text| text.starts_with(panel)));
        assert_eq!(found, expected, "{size}: {texts:?}");
    }
}

#[tokio::test]
async fn every_volume_scale_has_a_label_other_than_zero() {
    for range in ["1m", "3m", "6m", "1y", "2y", "5y", "max"] {
        let texts = written(&svg(&format!("range={range}&panels=volume")).await);
        assert!(texts.iter().any(|text| is_volume(text)), "{range}: {texts:?}");
    }
}

/// True if a text is a label such as `50M`.
fn is_volume(text: &str) -> bool {
    text.ends_with(['K', 'M', 'B', 'T']) && text.starts_with(|first: char| first.is_ascii_digit())
}

#[tokio::test]
async fn a_range_ends_with_the_last_day_there_is() {
    for (range, since) in [
        ("1m", "1 Feb 2013"),
        ("3m", "3 Dec 2012"),
        ("6m", "4 Sep 2012"),
        ("1y", "1 Mar 2012"),
        ("2y", "1 Mar 2011"),
        // A week has the day of its last bar.
        ("5y", "7 Mar 2008"),
        ("max", "3 Mar 2000"),
    ] {
        let texts = written(&svg(&format!("range={range}")).await);
        assert!(
            texts.iter().any(|text| text.ends_with(&format!("since {since}"))),
            "{range}: {texts:?}"
        );
        assert!(texts.contains(&"Adjusted close 1 Mar 2013".to_owned()), "{range}: {texts:?}");
    }
}

#[tokio::test]
async fn prices_that_multiply_have_a_logarithmic_scale() {
    for (range, expected) in [("1y", false), ("max", true)] {
        let texts = written(&svg(&format!("range={range}")).await);
        assert_eq!(texts.contains(&"Logarithmic scale".to_owned()), expected, "{range}: {texts:?}");
        assert_eq!(texts.contains(&"10".to_owned()), expected, "{range}: {texts:?}");
    }
}

#[tokio::test]
async fn markup_in_a_name_is_text() {
    let name = "A&B <script>alert(\"x\")</script> \u{1}]]>";
    let svg = svg_of(Shelf::named(name), "").await;
    let document = Document::parse(&svg).unwrap();
    assert_eq!(
        text_of(&document, "title"),
        "A&B <script>alert(\"x\")</script> ]]> (AAPL), adjusted prices"
    );
    assert!(!document.descendants().any(|node| node.has_tag_name("script")));
}

#[tokio::test]
async fn a_name_the_font_cannot_write_is_left_to_the_title() {
    let svg = svg_of(Shelf::named("株式会社りんご"), "").await;
    let document = Document::parse(&svg).unwrap();
    assert!(text_of(&document, "title").starts_with("株式会社りんご (AAPL)"));
    assert!(written(&svg).contains(&"AAPL".to_owned()));
}

#[tokio::test]
async fn a_stock_without_prices_is_a_picture_that_says_so() {
    let svg = svg_of(Shelf::empty(), "").await;
    assert_eq!(written(&svg), ["Apple Inc. (AAPL)", "No prices yet"]);
    let reply = app(Shelf::empty()).event("get-chart.png").await;
    assert!(drawn(&pixels(&reply.body)) > 100);
}

#[tokio::test]
async fn a_single_day_is_drawn() {
    let mut shelf = Shelf::with_aapl();
    shelf.history = shelf.history.split_off(shelf.history.len() - 1);
    let svg = svg_of(shelf, "").await;
    assert!(written(&svg).contains(&"0.00 % since 1 Mar 2013".to_owned()), "{svg}");
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
}

#[tokio::test]
async fn the_same_request_gives_the_same_bytes() {
    for event in ["get-chart", "get-chart.png"] {
        assert_eq!(aapl().event(event).await.body, aapl().event(event).await.body);
    }
}

#[tokio::test]
async fn a_png_has_the_requested_size() {
    for (query, size) in [
        ("", (800, 480)),
        ("width=320", (320, 360)),
        ("width=1600&height=1200", (1600, 1200)),
        ("width=480&scale=1", (480, 360)),
        ("width=480&scale=2", (960, 720)),
    ] {
        let reply = aapl().get(&format!("/v1/stocks/AAPL/chart.png?{query}")).await;
        assert_eq!(reply.header("content-type"), "image/png");
        let picture = pixels(&reply.body);
        assert_eq!((picture.width(), picture.height()), size);
        assert!(drawn(&picture) > 5_000, "{query} is nearly blank");
    }
}

#[tokio::test]
async fn the_themes_differ() {
    let light = aapl().get("/v1/stocks/AAPL/chart.png?theme=light&width=320").await;
    let dark = aapl().event("get-chart.small-dark").await;
    let (light, dark) = (pixels(&light.body), pixels(&dark.body));
    assert_eq!(
        (corner(&light).red(), corner(&light).green(), corner(&light).blue()),
        (255, 255, 255)
    );
    assert!(corner(&dark).red() < 32 && corner(&dark).green() < 32 && corner(&dark).blue() < 64);
}
