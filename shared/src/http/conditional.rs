//! Entity tags and conditional requests (RFC 9110, sections 8.8.3 and 13).
//!
//! A resource with a version has a strong tag: the version, with a suffix for each way in which the
//! representation may differ, e.g. `"7"`, `"7-gzip"` or `"7-symbol.close-gzip"`. Other responses
//! have weak tags.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::{HeaderValue, Response, StatusCode, header};
use lambda_http::Body;

use super::response::Cache;
use crate::problem::Problem;

/// The end of the strong tag of a compressed body.
const GZIP: &str = "-gzip\"";
/// Bytes of the digest in a tag: enough to make collisions practically impossible.
const TAG_BYTES: usize = 12;

/// Adds a weak tag, a digest of the content, to a 200 without a tag unless it is [`Cache::Never`].
/// Headers such as `Age` do not change the tag.
pub(super) fn tag(response: &mut Response<Body>) {
    let headers = response.headers();
    let never = headers
        .get(header::CACHE_CONTROL)
        .is_none_or(|control| control == Cache::Never.directive());
    if never || response.status() != StatusCode::OK || headers.contains_key(header::ETAG) {
        return;
    }
    let digest = digest(&SHA256, response.body());
    let content = digest.as_ref().get(..TAG_BYTES).unwrap_or_default();
    let tag = HeaderValue::try_from(format!("W/\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(content)));
    response.headers_mut().extend(tag.ok().map(|tag| (header::ETAG, tag)));
}

/// The strong tag of the same representation, compressed; `None` for a weak tag.
pub(super) fn compressed(tag: &HeaderValue) -> Option<HeaderValue> {
    let plain = tag.to_str().ok().filter(|tag| tag.starts_with('"'))?.strip_suffix('"')?;
    HeaderValue::try_from(format!("{plain}{GZIP}")).ok()
}

/// A 412 `stale_version` unless `If-Match` lists the version of a 200 with a strong tag (RFC 9110,
/// 13.1.1). It may list any tag of the version.
pub(super) fn if_current(
    response: &Response<Body>,
    if_match: Option<&HeaderValue>,
) -> Result<(), Problem> {
    let version = response.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok());
    match (if_match, version.filter(|tag| tag.starts_with('"'))) {
        (Some(condition), Some(tag)) if response.status() == StatusCode::OK => {
            let listed = tags(condition).any(|other| other == "*" || of_same_version(other, tag));
            if listed { Ok(()) } else { Err(Problem::stale_version()) }
        }
        _ => Ok(()),
    }
}

/// Turns a 200 into a 304 without a body if `If-None-Match` lists its tag (RFC 9110, 13.1.2).
/// The tag of the 304 is the listed one.
pub(super) fn unless_known(response: &mut Response<Body>, if_none_match: Option<&HeaderValue>) {
    let tag = response.headers().get(header::ETAG).filter(|_| response.status() == StatusCode::OK);
    let known = if_none_match.zip(tag).and_then(|(condition, tag)| listed(condition, tag));
    if let Some(tag) = known {
        response.headers_mut().insert(header::ETAG, tag);
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        // The content type stays: API Gateway would add a wrong one, and caches would store it.
        *response.body_mut() = Body::Empty;
    }
}

/// The form of this entity tag that an `If-None-Match` header lists, compressed or not, by weak
/// comparison. `*` lists every tag.
fn listed(condition: &HeaderValue, tag: &HeaderValue) -> Option<HeaderValue> {
    let plain = opaque(tag.to_str().ok()?);
    let known = tags(condition)
        .map(opaque)
        .find(|other| *other == "*" || *other == plain || is_compressed(other, plain))?;
    if is_compressed(known, plain) { compressed(tag) } else { Some(tag.clone()) }
}

fn is_compressed(tag: &str, plain: &str) -> bool {
    tag.strip_suffix(GZIP).is_some_and(|version| plain.strip_suffix('"') == Some(version))
}

/// The entries of a list of tags.
fn tags(condition: &HeaderValue) -> impl Iterator<Item = &str> {
    condition.to_str().unwrap_or_default().split(',').map(str::trim)
}

fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

/// True for `"7"`, `"7-gzip"` and `W/"7"`.
fn of_same_version(one: &str, other: &str) -> bool {
    let [one, other] = [one, other].map(|tag| opaque(tag).trim_matches('"').split('-').next());
    one == other
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(condition: &'static str, etag: &'static str) -> bool {
        let etag = HeaderValue::from_static(etag);
        listed(&HeaderValue::from_static(condition), &etag).is_some()
    }

    #[test]
    fn a_listed_tag_matches_weakly() {
        assert!(matches(r#""3""#, r#""3""#));
        assert!(matches(r#""1", W/"3""#, r#""3""#));
        assert!(matches("*", r#""3""#));
        assert!(matches(r#""3-gzip""#, r#""3""#));
    }

    #[test]
    fn another_tag_does_not_match() {
        assert!(!matches(r#""33""#, r#""3""#));
        assert!(!matches(r#""33-gzip""#, r#""3""#));
        assert!(!matches(r#""3""#, r#""3-symbol""#));
        assert!(!matches("", r#""3""#));
    }
}
