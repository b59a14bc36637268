//! Conditional requests (RFC 9110, section 13).

use http::HeaderValue;

/// Whether an `If-None-Match` header lists this entity tag (`*` lists every one), by weak comparison.
pub(super) fn lists(condition: &HeaderValue, etag: &HeaderValue) -> bool {
    let (Ok(condition), Ok(etag)) = (condition.to_str(), etag.to_str()) else { return false };
    condition.split(',').map(str::trim).any(|tag| tag == "*" || opaque(tag) == opaque(etag))
}

fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(condition: &'static str, etag: &'static str) -> bool {
        lists(&HeaderValue::from_static(condition), &HeaderValue::from_static(etag))
    }

    #[test]
    fn a_listed_tag_matches_weakly() {
        assert!(matches(r#""3""#, r#""3""#));
        assert!(matches(r#""1", W/"3""#, r#""3""#));
        assert!(matches("*", r#""3""#));
    }

    #[test]
    fn another_tag_does_not_match() {
        assert!(!matches(r#""33""#, r#""3""#));
        assert!(!matches("", r#""3""#));
    }
}
