//! The one shape of every error response: `application/problem+json` (RFC 9457).

use std::borrow::Cow;

use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::{Serialize, Serializer};

type Source = Box<dyn std::error::Error + Send + Sync>;

/// An invalid field of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct FieldError {
    /// The name of a body field (`symbol`), or of a query or path parameter.
    field: String,
    /// Stable, for programs.
    code: &'static str,
    /// For people.
    detail: String,
}

/// An error response. Its cause is logged and never sent.
///
/// Boxed, so that a `Result` with a problem stays small.
#[derive(Debug)]
pub struct Problem(Box<Parts>);

#[derive(Debug)]
struct Parts {
    status: StatusCode,
    code: &'static str,
    detail: Cow<'static, str>,
    errors: Vec<FieldError>,
    header: Option<(HeaderName, HeaderValue)>,
    source: Option<Source>,
}

#[derive(Serialize)]
struct ProblemBody<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<&'a str>,
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    documentation: Option<&'static str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
}

impl Problem {
    /// `code` is stable and has a page under `/docs/problems/`; `detail` is a sentence for people.
    pub fn new(
        status: StatusCode,
        code: &'static str,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self(Box::new(Parts {
            status,
            code,
            detail: detail.into(),
            errors: Vec::new(),
            header: None,
            source: None,
        }))
    }

    /// 404 `route_not_found`.
    pub fn route_not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "route_not_found", "There is no resource at this path.")
    }

    /// 405 `method_not_allowed`, with the methods that `Allow` lists.
    pub fn method_not_allowed(methods: &'static str) -> Self {
        let detail = format!("Allowed methods: {methods}.");
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
            .with_header(header::ALLOW, HeaderValue::from_static(methods))
    }

    /// 412 `stale_version`.
    pub fn stale_version() -> Self {
        let detail = "The resource has changed since you read it. Read it again.";
        Self::new(StatusCode::PRECONDITION_FAILED, "stale_version", detail)
    }

    /// 503 `upstream_unavailable`. Callers may retry in a few seconds.
    pub fn upstream_unavailable() -> Self {
        let detail = "A dependency is unavailable. Try again in a few seconds.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "upstream_unavailable", detail)
            .with_header(header::RETRY_AFTER, HeaderValue::from_static("5"))
    }

    /// 413 `payload_too_large`.
    pub fn payload_too_large(max_bytes: usize) -> Self {
        let detail = format!("The request body must not exceed {max_bytes} bytes.");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large", detail)
    }

    /// 400 `validation_failed` for one field.
    pub fn invalid(
        field: impl Into<String>,
        code: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "validation_failed", "A parameter is not valid.")
            .with_field(field, code, detail)
    }

    /// Adds an invalid field.
    #[must_use]
    pub fn with_field(
        mut self,
        field: impl Into<String>,
        code: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        self.0.errors.push(FieldError { field: field.into(), code, detail: detail.into() });
        self
    }

    /// 401 with the challenge of RFC 6750.
    pub fn unauthorized(code: &'static str, detail: &'static str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, detail)
            .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    /// 500 `internal_error`, for a fault of ours. Its cause is logged and never sent.
    pub fn internal(source: impl Into<Source>) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal_error",
            "An internal error occurred.",
        )
        .because(source)
    }

    /// Sets the cause. It is logged and never sent.
    #[must_use]
    pub fn because(mut self, source: impl Into<Source>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Sets the only extra header of this problem (`Allow`, `Retry-After`, `WWW-Authenticate`).
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.header = Some((name, value));
        self
    }

    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// The cause of the problem, for the log.
    pub fn cause(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }

    fn body<'a>(&'a self, instance: Option<&'a str>) -> ProblemBody<'a> {
        ProblemBody {
            r#type: format!("/docs/problems/{}", self.0.code),
            title: self.0.status.canonical_reason().unwrap_or("Error"),
            status: self.0.status.as_u16(),
            detail: &self.0.detail,
            instance,
            code: self.0.code,
            documentation: (self.0.code == "route_not_found").then_some("/docs"),
            errors: &self.0.errors,
        }
    }

    /// The response; `instance` is the id of the request.
    pub fn response(&self, instance: &str) -> http::Response<lambda_http::Body> {
        // Strings and numbers always serialise.
        let text = serde_json::to_string(&self.body(Some(instance))).unwrap_or_default();
        let mut response = http::Response::new(lambda_http::Body::from(text));
        *response.status_mut() = self.0.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.extend(self.0.header.clone());
        response
    }
}

/// The problem with one item of a response. It has no `instance`, because a shared cache may send
/// the response to other callers.
impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.body(None).serialize(serializer)
    }
}
