use super::{Bar, Bars, BarsError, RawBar, day, flat_bar, flat_bars, price};

#[test]
fn two_bars_of_a_day_are_no_series() {
    let bars = vec![flat_bar("2013-01-02", "1"), flat_bar("2013-01-02", "2")];
    assert_eq!(Bars::try_from(bars), Err(BarsError::Duplicate(day("2013-01-02"))));
}

#[test]
fn bars_that_go_back_in_time_are_no_series() {
    let bars =
        vec![flat_bar("2013-01-03", "1"), flat_bar("2013-01-02", "1"), flat_bar("2013-01-03", "1")];
    assert_eq!(Bars::try_from(bars), Err(BarsError::Unordered(day("2013-01-02"))));
}

#[test]
fn a_series_is_checked_when_it_is_read_from_json() {
    let bar = serde_json::to_string(&flat_bar("2013-01-02", "1")).unwrap();
    let error = serde_json::from_str::<Bars>(&format!("[{bar},{bar}]")).unwrap_err();
    assert!(
        error.to_string().contains(&BarsError::Duplicate(day("2013-01-02")).to_string()),
        "{error}"
    );
    assert_eq!(serde_json::from_str::<Bars>("[]").unwrap(), Bars::default());
}

#[test]
fn a_series_knows_its_days() {
    let bars = flat_bars(&[("2013-01-02", "1"), ("2013-01-04", "2")]);
    assert_eq!(bars.first_day(), Some(day("2013-01-02")));
    assert_eq!(bars.last_day(), Some(day("2013-01-04")));
    assert_eq!(bars.on(day("2013-01-04")), Some(&flat_bar("2013-01-04", "2")));
    assert_eq!(bars.on(day("2013-01-03")), None);
    assert_eq!(bars.since(day("2013-01-03")), [flat_bar("2013-01-04", "2")]);
    assert_eq!(bars.since(day("2013-01-05")), []);
    assert_eq!(bars.adj_closes(), [(day("2013-01-02"), 1.0), (day("2013-01-04"), 2.0)]);
}

/// Days with these split factors, and a volume of 1000.
fn split_bars(factors: [Option<&str>; 4]) -> Bars {
    let days = ["2013-01-02", "2013-01-03", "2013-01-04", "2013-01-07"];
    let bars = days.into_iter().zip(factors).map(|(on, factor)| {
        let split_factor = factor.map(|factor| factor.parse().unwrap());
        let flat = RawBar::flat(day(on), price("5"));
        Bar::try_from(RawBar { volume: Some(1000), split_factor, ..flat }).unwrap()
    });
    bars.collect::<Vec<_>>().try_into().unwrap()
}

fn adj_volumes(bars: Bars) -> Vec<Option<u64>> {
    bars.with_adj_volumes().iter().map(Bar::adj_volume).collect()
}

#[test]
fn a_volume_is_adjusted_for_the_splits_of_later_days() {
    let bars = split_bars([Some("1"), Some("7"), Some("0.25"), Some("1")]);
    assert_eq!(adj_volumes(bars), [Some(1750), Some(250), Some(1000), Some(1000)]);
    let bars = split_bars([Some("1"), Some("1"), Some("1"), Some("0.3333")]);
    assert_eq!(adj_volumes(bars), [Some(333), Some(333), Some(333), Some(1000)]);
}

#[test]
fn a_volume_before_a_day_without_a_split_factor_is_not_adjusted() {
    let bars = split_bars([Some("1"), Some("7"), None, Some("2")]);
    assert_eq!(adj_volumes(bars), [None, None, None, Some(1000)]);
    assert_eq!(adj_volumes(split_bars([None; 4])), [None; 4]);
}

#[test]
fn an_adjusted_volume_that_does_not_fit_its_column_is_unknown() {
    let huge = Some("999999999999");
    let bars = split_bars([Some("1"), huge, huge, huge]);
    assert_eq!(adj_volumes(bars), [None, None, Some(999_999_999_999_000), Some(1000)]);
}

#[test]
fn newer_bars_are_added_or_replace_the_bar_of_their_day() {
    let stored = flat_bars(&[("2013-01-02", "1"), ("2013-01-04", "2")]);
    let newer = flat_bars(&[("2013-01-03", "5"), ("2013-01-04", "6"), ("2013-01-05", "7")]);
    let expected = flat_bars(&[
        ("2013-01-02", "1"),
        ("2013-01-03", "5"),
        ("2013-01-04", "6"),
        ("2013-01-05", "7"),
    ]);
    assert_eq!(stored.clone().with(&newer), expected);
    assert_eq!(stored.clone().with(&[]), stored);
}
