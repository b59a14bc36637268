use proptest::prelude::*;
use rust_decimal::Decimal;

use super::{Price, PriceError, price, shares};

fn json(text: &str) -> String {
    serde_json::to_string(&price(text)).unwrap()
}

#[test]
fn a_price_is_written_with_its_digits_and_without_trailing_zeros() {
    assert_eq!(json("430.470000"), "430.47");
    assert_eq!(json("430.000000"), "430");
    assert_eq!(json("1200"), "1200");
    assert_eq!(json("56.137353095488"), "56.137353095488");
    assert_eq!(json("999999999999.99999999999999"), "999999999999.99999999999999");
    assert_eq!(json("0.00000000000001"), "0.00000000000001");
}

#[test]
fn a_price_is_read_from_a_number_or_a_string_with_all_its_digits() {
    for text in [
        "123456789012.123456789012",
        r#""123456789012.123456789012""#,
        "1.23456789012123456789012e11",
    ] {
        let read: Price = serde_json::from_str(text).unwrap();
        assert_eq!(read.to_string(), "123456789012.123456789012");
    }
    let value: serde_json::Value = serde_json::from_str("430.470000").unwrap();
    assert_eq!(serde_json::from_value::<Price>(value).unwrap(), price("430.47"));
}

#[test]
fn more_than_14_digits_after_the_point_are_rounded_half_away_from_zero() {
    assert_eq!(price("3.919675098341949"), price("3.91967509834195"));
    assert_eq!(price("0.000000000000015"), price("0.00000000000002"));
    assert_eq!(price("0.000000000000025"), price("0.00000000000003"));
}

const LONG: &str = "99999999999999999999999999999";

#[test]
fn a_price_is_a_number() {
    for text in [
        "",
        "-",
        ".",
        "null",
        "NaN",
        "inf",
        "1,5",
        "1_000",
        "++1",
        "1.2.3",
        "1-2",
        " 1",
        "1e",
        "0x1",
        "<html>",
        "1e999999999",
        LONG,
        &"1".repeat(5000),
    ] {
        assert_eq!(Price::try_from(text), Err(PriceError::NotANumber), "{text}");
    }
}

#[test]
fn a_price_is_read_in_any_notation() {
    for (text, expected) in [
        ("100.00", "100"),
        ("+1.5", "1.5"),
        (".5", "0.5"),
        ("1.8564e+02", "185.64"),
        ("1.8564E2", "185.64"),
        ("185640e-3", "185.64"),
        ("1.2345678901234567e-05", "0.000012345678901235"),
    ] {
        assert_eq!(price(text), price(expected), "{text}");
    }
}

#[test]
fn a_number_of_shares_is_read_in_any_notation() {
    for (text, expected) in [
        ("0", Some(0)),
        ("100.00", Some(100)),
        ("2.49e+07", Some(24_900_000)),
        ("98853019.4521", Some(98_853_019)),
        ("0.5", Some(1)),
        ("-1", None),
        ("1,000", None),
        ("1M", None),
        ("", None),
        (LONG, None),
    ] {
        assert_eq!(shares(text), expected, "{text}");
    }
}

#[test]
fn a_price_is_above_0() {
    for text in ["0", "0.000", "-1", "-0.5", "0.000000000000004", "1e-20"] {
        assert_eq!(Price::try_from(text), Err(PriceError::NotPositive), "{text}");
    }
}

#[test]
fn a_price_is_below_10_to_the_12() {
    for text in
        ["1000000000000", "999999999999.999999999999999", "1e12", "9999999999999999999999999999"]
    {
        assert_eq!(Price::try_from(text), Err(PriceError::TooLarge), "{text}");
    }
    assert_eq!(Price::try_from(Decimal::MAX), Err(PriceError::TooLarge));
}

#[test]
fn json_that_is_no_price_is_refused() {
    for text in ["null", "true", "[1]", r#""\"1\"""#, r#""""#] {
        let error = serde_json::from_str::<Price>(text).unwrap_err();
        assert!(error.to_string().contains(&PriceError::NotANumber.to_string()), "{text}: {error}");
    }
    assert_eq!(serde_json::from_str::<Option<Price>>("null").unwrap(), None);
}

proptest! {
    #[test]
    fn a_price_survives_json(mantissa in 1..10_i128.pow(26), scale in 0..=14_u32) {
        let value = Decimal::try_from_i128_with_scale(mantissa, scale).unwrap();
        if let Ok(price) = Price::try_from(value) {
            let json = serde_json::to_string(&price).unwrap();
            prop_assert_eq!(serde_json::from_str::<Price>(&json).unwrap().to_decimal(), value);
        }
    }

    #[test]
    fn the_float_of_a_price_is_the_nearest_or_the_one_next_to_it(mantissa in 1..10_i128.pow(26)) {
        let value = Decimal::try_from_i128_with_scale(mantissa, 14).unwrap();
        let price = Price::try_from(value).unwrap();
        let nearest: f64 = price.to_string().parse().unwrap();
        prop_assert!(nearest.to_bits().abs_diff(price.to_f64().to_bits()) <= 1);
    }
}
