//! `Accept` and `Accept-Encoding` (RFC 9110, section 12.5). Qualities are in thousandths.

/// The quality of an entry without `q`.
pub(super) const ONE: u16 = 1000;

/// The quality of the most specific matching entry of a list; `None` when no entry matches.
pub(super) fn quality(list: &str, specificity: impl Fn(&str) -> Option<u8>) -> Option<u16> {
    let matching = list.split(',').filter_map(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        Some((specificity(parts.next()?)?, parts.find_map(weight).unwrap_or(ONE)))
    });
    matching.max_by_key(|(specificity, _)| *specificity).map(|(_, quality)| quality)
}

/// How specifically a range matches a media type: `*/*` is 0, `text/*` 1, `text/csv` 2. `None` when
/// it does not match.
pub(super) fn media_range(range: &str, media_type: &str) -> Option<u8> {
    let ((main, sub), (range_main, range_sub)) =
        (media_type.split_once('/')?, range.split_once('/')?);
    match (range_main, range_sub) {
        ("*", "*") => Some(0),
        (other, _) if !other.eq_ignore_ascii_case(main) => None,
        (_, "*") => Some(1),
        (_, other) => other.eq_ignore_ascii_case(sub).then_some(2),
    }
}

/// Parses `q=0.5` as 500, and an invalid weight as 0.
fn weight(parameter: &str) -> Option<u16> {
    let (name, value) = parameter.split_once('=')?;
    name.eq_ignore_ascii_case("q").then(|| {
        let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
        let thousandths = format!("{fraction:0<3}");
        match (whole, thousandths.len(), thousandths.parse()) {
            ("1", 3, Ok(0)) => ONE,
            ("0", 3, Ok(thousandths)) => thousandths,
            _ => 0,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csv(accept: &str) -> Option<u16> {
        quality(accept, |range| media_range(range, "text/csv"))
    }

    #[test]
    fn the_most_specific_range_decides() {
        assert_eq!(csv("text/csv;q=0.1, text/*;q=0.5, */*"), Some(100));
        assert_eq!(csv("*/*;q=0.2, TEXT/*;Q=0.5"), Some(500));
        assert_eq!(csv("application/*, text/html"), None);
        assert_eq!(csv("text/csv;charset=utf-8;q=0"), Some(0));
        assert_eq!(csv("csv, text"), None);
    }
}
