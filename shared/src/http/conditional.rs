//! Entity tags and conditional requests (RFC 9110, sections 8.8.3 and 13).

use aws_lc_rs::digest::{Context, SHA256, digest};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::{HeaderValue, Response, StatusCode, header};
use lambda_http::Body;

use super::response::Cache;

/// Bytes of the digest in a tag: enough to make collisions practically impossible.
const TAG_BYTES: usize = 12;

/// Adds a weak tag, a digest of the content, to a 200 without a tag unless it is [`Cache::Never`].
/// Headers such as `Age` do not change the tag. Nor does the request id: problems in a batch
/// contain it as `instance`, which is left out of the digest.
pub(super) fn tag(response: &mut Response<Body>, id: &str) {
    let headers = response.headers();
    let never = headers
        .get(header::CACHE_CONTROL)
        .is_none_or(|control| control == Cache::Never.directive());
    if never || response.status() != StatusCode::OK || headers.contains_key(header::ETAG) {
        return;
    }
    let digest = match response.body() {
        Body::Text(text) => {
            let mut content = Context::new(&SHA256);
            text.split(&format!("\"instance\":\"{id}\""))
                .for_each(|part| content.update(part.as_bytes()));
            content.finish()
        }
        body => digest(&SHA256, body),
    };
    let content = digest.as_ref().get(..TAG_BYTES).unwrap_or_default();
    let tag = HeaderValue::try_from(format!("W/\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(content)));
    response.headers_mut().extend(tag.ok().map(|tag| (header::ETAG, tag)));
}

/// Turns a 200 into a 304 without a body if `If-None-Match` lists its tag (RFC 9110, 13.1.2).
pub(super) fn unless_known(response: &mut Response<Body>, if_none_match: Option<&HeaderValue>) {
    let known = match (if_none_match, response.headers().get(header::ETAG)) {
        (Some(condition), Some(etag)) => {
            response.status() == StatusCode::OK && lists(condition, etag)
        }
        _ => false,
    };
    if known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        // The content type stays: API Gateway would add a wrong one, and caches would store it.
        *response.body_mut() = Body::Empty;
    }
}

/// True when an `If-None-Match` header lists this entity tag, by weak comparison. `*` lists every
/// tag.
fn lists(condition: &HeaderValue, etag: &HeaderValue) -> bool {
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
