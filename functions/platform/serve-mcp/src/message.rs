//! The response to a JSON-RPC message.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use lambda_http::Body;
use rmcp::{
    ErrorData,
    model::{JsonRpcError, RequestId},
};
use serde_json::value::RawValue;
use shared::http::{IntoResponse, LogLine};

/// A JSON-RPC response or error; empty after a notification.
#[derive(Debug)]
pub struct Message {
    status: StatusCode,
    json: Bytes,
    line: Option<LogLine>,
}

impl Message {
    pub(crate) fn new(status: StatusCode, json: Bytes, line: Option<LogLine>) -> Self {
        Self { status, json, line }
    }

    /// The message with this structured content in its result. The transport has parsed values
    /// only, whose numbers are rounded.
    pub(crate) fn with_content(self, content: &RawValue) -> Self {
        let replaced = replaced(&self.json, content);
        Self { json: replaced.map_or(self.json, Bytes::from), ..self }
    }

    /// 400 for a body that is not a message; the error has no id.
    pub(crate) fn unreadable(error: ErrorData) -> Self {
        Self { status: StatusCode::BAD_REQUEST, json: written(None, error), line: None }
    }

    /// 200 with the JSON-RPC error of a message.
    pub(crate) fn refused(id: RequestId, error: ErrorData) -> Self {
        Self { status: StatusCode::OK, json: written(Some(id), error), line: None }
    }
}

fn replaced(message: &[u8], content: &RawValue) -> serde_json::Result<Vec<u8>> {
    let mut message: BTreeMap<&str, &RawValue> = serde_json::from_slice(message)?;
    let Some(result) = message.get("result") else { return serde_json::to_vec(&message) };
    let mut result: BTreeMap<&str, &RawValue> = serde_json::from_str(result.get())?;
    result.insert("structuredContent", content);
    let result = serde_json::value::to_raw_value(&result)?;
    message.insert("result", &result);
    serde_json::to_vec(&message)
}

fn written(id: Option<RequestId>, error: ErrorData) -> Bytes {
    // Numbers and texts always serialise.
    serde_json::to_vec(&JsonRpcError::new(id, error)).unwrap_or_default().into()
}

impl IntoResponse for Message {
    fn into_response(self) -> Response<Body> {
        let mut response = match String::from_utf8(self.json.into()) {
            Ok(json) if !json.is_empty() => Response::new(Body::Text(json)),
            _ => Response::new(Body::Empty),
        };
        *response.status_mut() = self.status;
        if let Some(line) = self.line {
            response.extensions_mut().insert(line);
        }
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.status != StatusCode::ACCEPTED {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        response
    }
}
