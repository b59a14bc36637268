use super::{Bar, BarError, Price, RawBar, day, price};

const DAY: &str = "2013-03-01";

fn raw(open: &str, high: &str, low: &str, close: &str) -> RawBar {
    let (open, high, low, close) = (price(open), price(high), price(low), price(close));
    RawBar { open, high, low, volume: Some(10), ..RawBar::flat(day(DAY), close) }
}

fn error(raw: RawBar) -> BarError {
    Bar::try_from(raw).unwrap_err()
}

#[test]
fn the_high_is_not_below_any_other_price() {
    for (open, high, low, close) in
        [("3", "2", "1", "2"), ("2", "2", "1", "3"), ("1", "2", "3", "1")]
    {
        assert_eq!(error(raw(open, high, low, close)), BarError::HighTooLow(day(DAY)));
    }
}

#[test]
fn the_low_is_not_above_any_other_price() {
    for (open, high, low, close) in [("1", "3", "2", "3"), ("3", "3", "2", "1")] {
        assert_eq!(error(raw(open, high, low, close)), BarError::LowTooHigh(day(DAY)));
    }
}

#[test]
fn prices_as_traded_have_6_digits_after_the_point_and_the_adjusted_close_14() {
    let raw = RawBar {
        adj_close: price("2.123456789012345"),
        ..raw("2.0000005", "2.0000005", "2.0000004", "2.0000005")
    };
    let bar = Bar::try_from(raw).unwrap();
    assert_eq!((bar.open(), bar.low()), (price("2.000001"), price("2")));
    assert_eq!(bar.adj_close(), price("2.12345678901235"));
}

#[test]
fn a_price_that_rounds_to_0_or_to_10_to_the_12_is_refused() {
    let tiny = "0.0000004";
    assert_eq!(error(raw(tiny, tiny, tiny, tiny)), BarError::PriceDoesNotFit(day(DAY)));
    let huge = "999999999999.9999999";
    assert_eq!(error(raw("1", huge, "1", "1")), BarError::PriceDoesNotFit(day(DAY)));
}

#[test]
fn a_volume_fits_a_bigint() {
    let most = i64::MAX.unsigned_abs();
    assert_eq!(
        Bar::try_from(RawBar { volume: Some(most), ..raw("1", "1", "1", "1") }).unwrap().volume(),
        Some(most)
    );
    let volume = Some(most + 1);
    assert_eq!(
        error(RawBar { volume, ..raw("1", "1", "1", "1") }),
        BarError::VolumeTooLarge(day(DAY))
    );
}

#[test]
fn a_bar_without_a_volume_is_read_and_written_as_null() {
    let bar = Bar::try_from(RawBar { volume: None, ..raw("1", "1", "1", "1") }).unwrap();
    let json = serde_json::to_string(&bar).unwrap();
    assert!(json.ends_with(r#""volume":null}"#), "{json}");
    assert_eq!(serde_json::from_str::<Bar>(&json).unwrap(), bar);
}

#[test]
fn a_split_factor_is_above_0_and_an_adjusted_volume_needs_one() {
    for split_factor in ["0", "0.000000000000001"] {
        let split_factor = Some(split_factor.parse().unwrap());
        let bar = RawBar { split_factor, ..raw("1", "1", "1", "1") };
        assert_eq!(error(bar), BarError::SplitFactorIsZero(day(DAY)));
    }
    let bar = RawBar { adj_volume: Some(20), ..raw("1", "1", "1", "1") };
    assert_eq!(error(bar), BarError::NoSplitFactor(day(DAY)));
}

#[test]
fn a_split_and_a_dividend_are_read_and_written_without_trailing_zeros() {
    let row = r#"{"day":"2013-03-01","open":1,"high":1,"low":1,"close":1,"adj_close":1,"volume":2,
        "adj_volume":14,"split_factor":7.00000000000000,"dividend":0.00000000000000}"#;
    let bar: Bar = serde_json::from_str(row).unwrap();
    let json = serde_json::to_string(&bar).unwrap();
    let tail = r#""volume":2,"adj_volume":14,"split_factor":7,"dividend":0}"#;
    assert!(json.ends_with(tail), "{json}");
    for negative in ["\"dividend\":-1", "\"split_factor\":-1", "\"adj_volume\":-1"] {
        let (name, _) = negative.split_once(':').unwrap();
        let row = json.replace(&format!("{name}:"), negative);
        assert!(serde_json::from_str::<Bar>(&row).is_err(), "{row}");
    }
}

#[test]
fn a_high_or_low_that_a_rounding_moved_is_clipped_to_open_and_close() {
    for (sent, expected) in [
        (["10.01", "10", "9", "9.5"], ["10.01", "10.01", "9", "9.5"]),
        (["9.5", "10", "9", "10.004"], ["9.5", "10.004", "9", "10.004"]),
        (["10", "11", "10.01", "10.5"], ["10", "11", "10", "10.5"]),
        (["10", "9.995", "10.005", "10"], ["10", "10", "10", "10"]),
        (["0.11", "0.1", "0.1", "0.1"], ["0.11", "0.11", "0.1", "0.1"]),
    ] {
        let [open, high, low, close] = expected;
        let bar = Bar::try_from(raw(sent[0], sent[1], sent[2], sent[3]).clipped()).unwrap();
        assert_eq!(bar, Bar::try_from(raw(open, high, low, close)).unwrap(), "{sent:?}");
    }
}

#[test]
fn prices_that_differ_by_more_than_a_rounding_are_not_clipped() {
    for (open, high, low, close) in [
        ("10.0101", "10", "9", "9.5"),
        ("10", "11", "10.0101", "10.5"),
        ("1", "3", "0.5", "2"),
        ("0.05", "0.04", "0.04", "0.04"),
    ] {
        let sent = raw(open, high, low, close);
        assert_eq!(sent.clipped(), sent);
    }
}

#[test]
fn a_bar_is_read_from_a_row_and_written_without_trailing_zeros() {
    let row = r#"{"day":"2013-03-01","open":438.000000,"high":438.179900,"low":429.980000,
        "close":430.470000,"adj_close":56.137353095488,"volume":19730300,"provider":"csv"}"#;
    let bar: Bar = serde_json::from_str(row).unwrap();
    assert_eq!(
        serde_json::to_string(&bar).unwrap(),
        concat!(
            r#"{"day":"2013-03-01","open":438,"high":438.1799,"low":429.98,"close":430.47,"#,
            r#""adj_close":56.137353095488,"volume":19730300}"#
        )
    );
}

#[test]
fn a_bar_is_checked_when_it_is_read_from_json() {
    let row =
        r#"{"day":"2013-03-01","open":3,"high":2,"low":1,"close":2,"adj_close":2,"volume":0}"#;
    let error = serde_json::from_str::<Bar>(row).unwrap_err();
    assert!(error.to_string().contains(&BarError::HighTooLow(day(DAY)).to_string()), "{error}");
}

#[test]
fn rounding_keeps_the_order_of_prices() {
    let bar = Bar::try_from(raw("1.0000004", "1.0000005", "1.0000004", "1.0000005")).unwrap();
    assert!(bar.low() <= bar.open().min(bar.close()) && bar.high() >= bar.open().max(bar.close()));
    assert_eq!(Price::try_from("1.000001").unwrap(), bar.high());
}
