//! The pages and assets, compressed at build time.

use std::io::Read;

use flate2::read::GzDecoder;
use http::{HeaderName, HeaderValue, Response, header};
use lambda_http::Body;
use shared::{
    http::{HandlerResult, IntoResponse},
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
    /// The content, compressed with gzip.
    packed: &'static [u8],
}

impl Page {
    /// The page in an encoding that the client accepts.
    pub(crate) fn served(&'static self, takes_gzip: bool) -> HandlerResult<Served> {
        if takes_gzip {
            return Ok(Served { page: self, plain: None });
        }
        let mut plain = Vec::new();
        GzDecoder::new(self.packed).read_to_end(&mut plain).map_err(Problem::internal)?;
        Ok(Served { page: self, plain: Some(plain) })
    }
}

/// A page in an encoding that the client accepts.
#[derive(Debug)]
pub struct Served {
    page: &'static Page,
    /// The uncompressed content, for a client that does not accept gzip.
    plain: Option<Vec<u8>>,
}

impl IntoResponse for Served {
    fn into_response(self) -> Response<Body> {
        let Page { media_type, etag, immutable, packed, .. } = *self.page;
        let cache =
            if immutable { "public, max-age=31536000, immutable" } else { "public, max-age=60" };
        let fixed = [
            (header::CONTENT_TYPE, media_type),
            (header::CACHE_CONTROL, cache),
            (header::ETAG, etag),
        ];
        let packing = self.plain.is_none().then_some((header::CONTENT_ENCODING, "gzip"));
        let all = fixed
            .into_iter()
            .chain([(header::VARY, "Accept-Encoding")])
            .chain(packing)
            .chain(SECURITY);
        let mut response =
            Response::new(Body::Binary(self.plain.unwrap_or_else(|| packed.to_vec())));
        response
            .headers_mut()
            .extend(all.map(|(name, value)| (name, HeaderValue::from_static(value))));
        response
    }
}
