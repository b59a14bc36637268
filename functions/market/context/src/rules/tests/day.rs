use super::{Day, DayError, day};

#[test]
fn a_day_is_an_iso_date_and_nothing_else() {
    assert_eq!(day("2000-02-29").to_string(), "2000-02-29");
    let others = [
        "",
        "2001-02-29",
        "20000229",
        "2000-2-9",
        "2000-02-29T00:00",
        "2000-W09-2",
        "+002000-02-29",
        "2000/02/29",
    ];
    for text in others {
        assert_eq!(Day::try_from(text), Err(DayError), "{text}");
    }
}

#[test]
fn a_day_is_read_and_written_as_a_json_string() {
    let read: Day = serde_json::from_str(r#""2013-03-01""#).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), r#""2013-03-01""#);
    assert!(serde_json::from_str::<Day>("20130301").unwrap_err().is_data());
}

#[test]
fn days_before_passes_the_ends_of_months() {
    assert_eq!(day("2000-03-05").days_before(7), day("2000-02-27"));
}
