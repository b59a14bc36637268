//! The transport of the protocol: one message in each request and response, without sessions.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full};
use rmcp::{
    ErrorData,
    model::{ClientJsonRpcMessage, ClientRequest, JsonRpcRequest, ProtocolVersion},
    transport::streamable_http_server::{
        StreamableHttpServerConfig, StreamableHttpService, session::never::NeverSessionManager,
    },
};
use serde_json::value::RawValue;
use shared::{
    http::{HandlerResult, Request},
    problem::Problem,
};

use crate::{message::Message, tools::Tools};

/// The served methods that require parameters.
const WITH_PARAMETERS: [&str; 4] =
    ["initialize", "resources/read", "server/discover", "tools/call"];
/// The request headers that the transport reads, for every version of the protocol.
const HEADERS: [HeaderName; 5] = [
    header::HOST,
    header::ORIGIN,
    HeaderName::from_static("mcp-protocol-version"),
    HeaderName::from_static("mcp-method"),
    HeaderName::from_static("mcp-name"),
];

/// A request for the transport, or the error response to an invalid one.
pub(crate) type Posted = Result<http::Request<Full<Bytes>>, Message>;

/// Checks the media types, and that the body is one message; the protocol no longer has batches.
pub(crate) fn posted(request: &Request) -> Result<Posted, Problem> {
    if request.accepts("application/json") == 0 {
        let detail = "This route returns application/json.";
        return Err(Problem::new(StatusCode::NOT_ACCEPTABLE, "not_acceptable", detail));
    }
    let Ok(json) = serde_json::from_slice::<&RawValue>(request.json_text()?) else {
        return Ok(Err(Message::unreadable(ErrorData::parse_error(
            "The request body is not valid JSON.",
            None,
        ))));
    };
    match serde_json::from_str(json.get()) {
        Err(_) => {
            let detail = "The request body must be a single JSON-RPC 2.0 message.";
            Ok(Err(Message::unreadable(ErrorData::invalid_request(detail, None))))
        }
        // A known method with malformed parameters: the transport would report an unknown method.
        Ok(ClientJsonRpcMessage::Request(JsonRpcRequest {
            id,
            request: ClientRequest::CustomRequest(custom),
            ..
        })) if WITH_PARAMETERS.contains(&custom.method.as_str()) => {
            let detail = format!("The parameters of {} do not match the schema.", custom.method);
            Ok(Err(Message::refused(id, ErrorData::invalid_params(detail, None))))
        }
        Ok(_) => Ok(Ok(forwarded(request, Bytes::copy_from_slice(json.get().as_bytes())))),
    }
}

fn forwarded(request: &Request, body: Bytes) -> http::Request<Full<Bytes>> {
    let mut forwarded = http::Request::new(Full::new(body));
    *forwarded.method_mut() = http::Method::POST;
    let headers = forwarded.headers_mut();
    for name in HEADERS {
        for value in request.headers(name.clone()) {
            headers.append(&name, value.clone());
        }
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    // The transport requires that a client accepts event streams, too, but it never sends one.
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/json, text/event-stream"));
    forwarded
}

/// The origin of a URL, always with its port: the transport lets one without match any port.
pub(crate) fn origin(url: &str) -> Option<String> {
    let url: Uri = url.parse().ok()?;
    let (scheme, host) = (url.scheme_str()?, url.host()?);
    let default = if scheme == "https" { 443 } else { 80 };
    Some(format!("{scheme}://{host}:{}", url.port_u16().unwrap_or(default)))
}

/// Passes a message to the transport, which calls the tools. `origins` are allowed.
pub(crate) async fn exchange(
    tools: Tools,
    origins: Vec<String>,
    posted: Posted,
) -> HandlerResult<Message> {
    let request = match posted {
        Ok(request) => request,
        Err(unreadable) => return Ok(unreadable),
    };
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        // API Gateway forwards requests to our own host names only.
        .disable_allowed_hosts()
        .with_allowed_origins(origins)
        .enforce_origin_validation();
    let sessions = Arc::new(NeverSessionManager::default());
    let service = StreamableHttpService::new(
        {
            let tools = tools.clone();
            move || Ok(tools.clone())
        },
        sessions,
        config,
    );
    let (head, body) = service.handle(request).await.into_parts();
    let body = body
        .collect()
        .await
        .map_or_else(|never| match never {}, http_body_util::Collected::to_bytes);
    let is_json =
        head.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    if is_json || head.status == StatusCode::ACCEPTED {
        let message = Message::new(head.status, body, tools.log_line());
        Ok(tools.content().into_iter().fold(message, Message::with_content))
    } else {
        Err(refused(head.status))
    }
}

/// The problem for an error that the transport returns as plain text.
fn refused(status: StatusCode) -> Problem {
    match status {
        StatusCode::FORBIDDEN => {
            let detail = "This origin is not allowed. Outside a browser, omit the Origin header.";
            Problem::new(StatusCode::FORBIDDEN, "origin_not_allowed", detail)
        }
        StatusCode::BAD_REQUEST => {
            let known: Vec<_> =
                ProtocolVersion::KNOWN_VERSIONS.iter().map(ProtocolVersion::as_str).collect();
            let detail = format!("MCP-Protocol-Version must be one of {}.", known.join(", "));
            Problem::new(StatusCode::BAD_REQUEST, "unsupported_protocol_version", detail)
        }
        _ => Problem::internal(UnexpectedStatus(status)),
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the transport returned {0}")]
struct UnexpectedStatus(StatusCode);
