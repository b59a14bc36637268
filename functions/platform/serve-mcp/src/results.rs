//! The response of a route as the result of a tool.

mod sparse;

use base64::{Engine, prelude::BASE64_STANDARD};
use http::{Response, header};
use lambda_http::Body;
use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::value::{RawValue, to_raw_value};

use sparse::Sparse;

/// JSON becomes structured content, PNG an image, and SVG or CSV a text. A file is followed by a
/// text with its `As-Of` and `Refreshed-At`. A problem becomes an error result that the model can
/// read.
///
/// JSON is a text here, with the digits of the response; it is returned beside the result, as
/// structured content. If `sparse`, it has no fields of null.
pub(crate) fn of(
    response: &Response<Body>,
    sparse: bool,
) -> (CallToolResult, Option<Box<RawValue>>) {
    let media_type =
        response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = media_type.unwrap_or_default();
    if media_type == "image/png" {
        let picture = BASE64_STANDARD.encode(response.body());
        let picture = ContentBlock::image(picture, media_type);
        return (CallToolResult::success(vec![picture, dates(response)]), None);
    }
    let Ok(mut json) = serde_json::from_slice::<Box<RawValue>>(response.body()) else {
        let text = ContentBlock::text(String::from_utf8_lossy(response.body()));
        return (CallToolResult::success(vec![text, dates(response)]), None);
    };
    if sparse {
        // JSON always serialises.
        json = to_raw_value(&Sparse(&json)).unwrap_or(json);
    }
    let text = vec![ContentBlock::text(json.get())];
    if response.status().is_success() {
        (CallToolResult::success(text), Some(json))
    } else {
        (CallToolResult::error(text), Some(json))
    }
}

fn dates(response: &Response<Body>) -> ContentBlock {
    let as_of = date(response, "as-of");
    let refreshed_at = date(response, "refreshed-at");
    ContentBlock::text(format!("as_of: {as_of}, refreshed_at: {refreshed_at}"))
}

fn date<'r>(response: &'r Response<Body>, header: &str) -> &'r str {
    response.headers().get(header).and_then(|value| value.to_str().ok()).unwrap_or("never")
}
