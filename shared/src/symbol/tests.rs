use super::{Symbol, SymbolError};

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
    for (text, other) in [
        ("A/B", '/'),
        ("A B", ' '),
        (" A", ' '),
        ("\u{df}", '\u{df}'),
        ("^GSPC", '^'),
        ("A\0", '\0'),
    ] {
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
