//! The header of charts: the last price and its changes.

use resvg::usvg::roxmltree::Document;

use super::{Shelf, drawing::written, svg, svg_of};

#[tokio::test]
async fn the_change_of_the_last_day_is_the_same_on_every_chart() {
    for query in
        ["", "range=1m", "range=max", "from=2013-03-01", "range=5y&style=candles&width=320"]
    {
        let texts = written(&svg(query).await);
        assert!(texts.contains(&"430.47 USD".to_owned()), "{query}: {texts:?}");
        assert!(texts.contains(&"−10.93 (−2.48 %)".to_owned()), "{query}: {texts:?}");
    }
}

#[tokio::test]
async fn the_change_of_the_chart_begins_with_the_first_close_shown() {
    for (query, change) in [
        ("range=6m", "−35.56 % since 4 Sep 2012"),
        ("from=2013-02-28&to=2013-03-01", "−2.48 % since 28 Feb 2013"),
        ("to=2000-03-02", "−6.38 % since 1 Mar 2000"),
    ] {
        let texts = written(&svg(query).await);
        assert!(texts.contains(&change.to_owned()), "{query}: {texts:?}");
    }
}

#[tokio::test]
async fn the_first_day_of_a_stock_has_no_change() {
    let mut shelf = Shelf::with_aapl();
    shelf.history.truncate(1);
    let texts = written(&svg_of(shelf, "").await);
    assert!(texts.contains(&"0.00 % since 1 Mar 2000".to_owned()), "{texts:?}");
    assert!(!texts.iter().any(|text| text.contains('(') && text.contains('%')), "{texts:?}");
}

#[tokio::test]
async fn a_rise_and_a_fall_have_the_colours_of_their_candles() {
    let (fall, rise) =
        (svg("to=2013-03-01&from=2012-12-01").await, svg("to=2013-02-26&from=2012-12-01").await);
    let (fall, rise) = (change_colour(&fall), change_colour(&rise));
    assert_ne!(fall, rise);
}

/// The colour of the change of the last day.
fn change_colour(svg: &str) -> String {
    let document = Document::parse(svg).unwrap();
    let change = document.descendants().find(|node| {
        node.has_tag_name("text")
            && node.text().is_some_and(|text| text.contains(" ("))
            && node.text().is_some_and(|text| text.contains('%'))
    });
    change.unwrap().attribute("fill").unwrap().to_owned()
}

#[tokio::test]
async fn changes_are_written_with_the_digits_of_the_price() {
    let mut shelf = Shelf::with_aapl();
    for row in &mut shelf.history {
        row.adj_close = "0.75".parse().unwrap();
    }
    let texts = written(&svg_of(shelf, "").await);
    let change = texts.iter().find(|text| text.contains(" (") && text.contains('%')).unwrap();
    let digits = change.split_once(" (").unwrap().0.split_once('.').unwrap().1;
    assert_eq!(digits.len(), 4, "{texts:?}");
}
