use super::{Day, DayError, Symbol, SymbolError, day};

#[test]
fn a_symbol_is_upper_cased() {
    let symbol: Symbol = "brk-b".parse().unwrap();
    assert_eq!(symbol.as_str(), "BRK-B");
    assert_eq!(symbol, Symbol::try_from("BRK-B").unwrap());
}

#[test]
fn a_symbol_has_1_to_15_characters() {
    assert_eq!(Symbol::try_from(""), Err(SymbolError::Length(0)));
    assert!(Symbol::try_from("ABCDEFGHIJKLMNO").is_ok());
    assert_eq!(Symbol::try_from("ABCDEFGHIJKLMNOP"), Err(SymbolError::Length(16)));
}

#[test]
fn a_symbol_has_only_letters_digits_dots_and_dashes() {
    for (text, other) in [("A/B", '/'), ("A B", ' '), (" A", ' '), ("\u{df}", '\u{df}'), ("^GSPC", '^'), ("A\0", '\0')]
    {
        assert_eq!(Symbol::try_from(text), Err(SymbolError::Character(other)));
    }
}

#[test]
fn a_symbol_of_dots_and_dashes_names_nothing() {
    for text in [".", "..", "-", ".-."] {
        assert_eq!(Symbol::try_from(text), Err(SymbolError::NoLetterOrDigit));
    }
}

#[test]
fn a_symbol_is_checked_when_it_is_read_from_json() {
    assert_eq!(serde_json::from_str::<Symbol>(r#""aapl""#).unwrap().to_string(), "AAPL");
    let error = serde_json::from_str::<Symbol>(r#""../..""#).unwrap_err();
    assert!(error.to_string().contains(&SymbolError::Character('/').to_string()), "{error}");
}

#[test]
fn a_day_is_an_iso_date_and_nothing_else() {
    assert_eq!(day("2000-02-29").to_string(), "2000-02-29");
    let others =
        ["", "2001-02-29", "20000229", "2000-2-9", "2000-02-29T00:00", "2000-W09-2", "+002000-02-29", "2000/02/29"];
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
