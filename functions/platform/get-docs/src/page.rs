//! The pages and assets, compressed at build time.

use std::io::Read;

use flate2::read::GzDecoder;
use http::{HeaderName, HeaderValue, Response, header};
use lambda_http::Body;
use shared::{
    http::{HandlerResult, IntoResponse, Request},
    problem::Problem,
};

/// Scripts come from this origin only. Swagger UI needs inline styles, and its style sheet holds
/// images as `data:` URLs.
const SECURITY: [(HeaderName, &str); 3] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
         img-src 'self' blob: data:; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

/// Every page and asset, by path.
pub static PAGES: &[Page] = include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// A page, an asset or the contract.
#[derive(Debug)]
pub struct Page {
    pub path: &'static str,
    media_type: &'static str,
    etag: &'static str,
    /// True when the path contains a hash of the content: the response never becomes stale.
    immutable: bool,
    /// True when it has `{{base}}` or `{{namespace}}`, which depend on the deployment.
    names_base: bool,
    /// The content, compressed with gzip.
    packed: &'static [u8],
}

impl Page {
    /// The page in an encoding that the client accepts; one that names the base URL is not
    /// compressed.
    pub(crate) fn served(&'static self, request: &Request) -> HandlerResult<Served> {
        let etag = Some(HeaderValue::from_static(self.etag));
        if request.takes_gzip() && !self.names_base {
            return Ok(Served { page: self, etag, plain: None });
        }
        let mut plain = String::new();
        GzDecoder::new(self.packed).read_to_string(&mut plain).map_err(Problem::internal)?;
        if !self.names_base {
            return Ok(Served { page: self, etag, plain: Some(plain) });
        }
        let base = base(request);
        let plain = plain.replace("{{namespace}}", &namespace(&base)).replace("{{base}}", &base);
        Ok(Served { page: self, etag: None, plain: Some(plain) })
    }
}

/// The base URL of this deployment: `PUBLIC_URL`, else the domain of the API.
fn base(request: &Request) -> String {
    let public = request.url("");
    match request.domain() {
        Some(domain) if public.is_empty() => format!("https://{domain}"),
        _ => public,
    }
}

/// The host in reverse, as in the names of the MCP registry: `com.example.api`.
fn namespace(base: &str) -> String {
    let host = base.split('/').nth(2).unwrap_or_default();
    let labels: Vec<&str> = host.split(':').next().unwrap_or_default().rsplit('.').collect();
    labels.join(".")
}

/// A page in an encoding that the client accepts.
#[derive(Debug)]
pub struct Served {
    page: &'static Page,
    /// `None` for content of this deployment, which the edge tags.
    etag: Option<HeaderValue>,
    /// The uncompressed content, for a client that does not accept gzip.
    plain: Option<String>,
}

impl IntoResponse for Served {
    fn into_response(self) -> Response<Body> {
        let Page { path, media_type, immutable, packed, .. } = *self.page;
        let cache =
            if immutable { "public, max-age=31536000, immutable" } else { "public, max-age=60" };
        let vary = if path == "/" { "Accept, Accept-Encoding" } else { "Accept-Encoding" };
        let fixed = [
            (header::CONTENT_TYPE, media_type),
            (header::CACHE_CONTROL, cache),
            (header::VARY, vary),
        ];
        let packing = self.plain.is_none().then_some((header::CONTENT_ENCODING, "gzip"));
        let all = fixed.into_iter().chain(packing).chain(SECURITY);
        let body = self.plain.map_or_else(|| packed.to_vec(), String::into_bytes);
        let mut response = Response::new(Body::Binary(body));
        response.headers_mut().extend(self.etag.map(|etag| (header::ETAG, etag)));
        response
            .headers_mut()
            .extend(all.map(|(name, value)| (name, HeaderValue::from_static(value))));
        response
    }
}
