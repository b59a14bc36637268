//! Entity tags and conditional requests (RFC 9110, sections 8.8.3 and 13).

use aws_lc_rs::digest::{Context, SHA256, digest};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::{HeaderValue, Response, StatusCode, header};
use lambda_http::Body;

use super::answer::Cache;
use super::precondition;

/// Enough that no two contents share a tag by chance.
const TAG_BYTES: usize = 12;

/// Gives what may be kept, and has no version, a weak tag of its content. Headers such as `Age` do not change it, nor does the
/// id of the request, which problems in a batch have as their `instance`.
pub(super) fn tag(response: &mut Response<Body>, id: &str) {
    let headers = response.headers();
    let never = headers.get(header::CACHE_CONTROL).is_none_or(|control| control == Cache::Never.directive());
    if never || response.status() != StatusCode::OK || headers.contains_key(header::ETAG) {
        return;
    }
    let digest = match response.body() {
        Body::Text(text) => {
            let mut content = Context::new(&SHA256);
            text.split(&format!("\"instance\":\"{id}\"")).for_each(|part| content.update(part.as_bytes()));
            content.finish()
        }
        body => digest(&SHA256, body),
    };
    let content = digest.as_ref().get(..TAG_BYTES).unwrap_or_default();
    let tag = HeaderValue::try_from(format!("W/\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(content)));
    response.headers_mut().extend(tag.ok().map(|tag| (header::ETAG, tag)));
}

/// 304 without a body for a client that has this version already (RFC 9110, 13.1.2).
pub(super) fn unless_known(response: &mut Response<Body>, if_none_match: Option<&HeaderValue>) {
    let known = match (if_none_match, response.headers().get(header::ETAG)) {
        (Some(condition), Some(etag)) => response.status() == StatusCode::OK && precondition::lists(condition, etag),
        _ => false,
    };
    if known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        // The type stays: API Gateway would make up one, and a cache would take it for that of what it keeps.
        *response.body_mut() = Body::Empty;
    }
}
