//! Compression of responses (RFC 9110, section 8.4).

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use http::{HeaderName, HeaderValue, Response, header};
use lambda_http::Body;

use super::{conditional::compressed, negotiate::quality};

/// Shorter bodies are not compressed: they fit into one packet.
const MIN_BYTES: usize = 1024;

/// Compresses text of more than 1 KB if the client accepts gzip; a strong tag says so. Adds `Vary`
/// to any text.
pub(super) fn encode(response: &mut Response<Body>, takes_gzip: bool) {
    let headers = response.headers();
    if headers.contains_key(header::CONTENT_ENCODING) {
        return;
    }
    let is_text = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|media_type| compresses(media_type.as_bytes()));
    if !is_text {
        return;
    }
    add(response, header::VARY, "Accept-Encoding");
    if takes_gzip
        && response.body().len() > MIN_BYTES
        && let Some(shorter) = gzip(response.body())
    {
        *response.body_mut() = Body::Binary(shorter);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        if let Some(tag) = headers.get(header::ETAG).and_then(compressed) {
            headers.insert(header::ETAG, tag);
        }
    }
}

/// True for text, JSON, XML, SVG and JavaScript. PNG is compressed already.
fn compresses(media_type: &[u8]) -> bool {
    let media_type =
        media_type.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii_end();
    media_type.starts_with(b"text/")
        || [&b"json"[..], b"xml", b"javascript"].iter().any(|end| media_type.ends_with(end))
}

/// Compresses at the fastest level: the others take more CPU time than the smaller body saves.
/// `None` if the result is not shorter.
fn gzip(body: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 3), Compression::fast());
    encoder.write_all(body).ok()?;
    encoder.finish().ok().filter(|compressed| compressed.len() < body.len())
}

/// Adds a member to the list in a header. API Gateway forwards only one header of each name.
pub(super) fn add(response: &mut Response<Body>, name: HeaderName, member: &str) {
    let present = response.headers().get(&name).and_then(|value| value.to_str().ok());
    if present
        .is_some_and(|list| list.split(',').any(|other| other.trim().eq_ignore_ascii_case(member)))
    {
        return;
    }
    let list = present.map_or_else(|| member.to_owned(), |present| format!("{present}, {member}"));
    if let Ok(list) = HeaderValue::try_from(list) {
        response.headers_mut().insert(name, list);
    }
}

/// True when the quality of gzip in `Accept-Encoding` is above 0, and at least that of `identity`.
pub(super) fn takes_gzip(accepted: &str) -> bool {
    let gzip = quality(accepted, |coding| match coding {
        "*" => Some(0),
        _ => ["gzip", "x-gzip"].iter().any(|name| coding.eq_ignore_ascii_case(name)).then_some(1),
    });
    let identity = quality(accepted, |coding| coding.eq_ignore_ascii_case("identity").then_some(0));
    gzip.is_some_and(|gzip| gzip > 0 && gzip >= identity.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_to_clients_that_accept_it() {
        for accepted in [
            "gzip",
            "GZIP",
            "br, gzip;q=0.5",
            "*",
            "identity;q=0.1, *;q=0.2",
            "gzip;q=1.000",
            "x-gzip",
            "gzip ; q=0.001",
        ] {
            assert!(takes_gzip(accepted), "{accepted}");
        }
    }

    #[test]
    fn gzip_is_not_sent_to_clients_that_refuse_it() {
        for accepted in [
            "",
            "br",
            "identity",
            "gzip;q=0",
            "gzip;q=0.000, *",
            "*;q=0",
            "gzip;q=0.5, identity",
            "gzip;q=high",
            "gzip;q=2",
        ] {
            assert!(!takes_gzip(accepted), "{accepted}");
        }
    }
}
