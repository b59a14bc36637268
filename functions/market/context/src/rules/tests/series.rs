use super::{Bars, BarsError, day, flat_bar, flat_bars};

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
