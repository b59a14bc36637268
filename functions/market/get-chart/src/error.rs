//! Errors of drawing.

use resvg::usvg;
use skrifa::raw::ReadError;

/// Why a picture cannot be drawn. None of these depends on the request.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DrawError {
    #[error("the embedded font cannot be read")]
    Font(#[from] ReadError),
    #[error("the drawing cannot be rasterised")]
    Drawing(#[from] usvg::Error),
    #[error("an image of this size cannot be created")]
    Size,
    #[error("the pixels cannot be encoded: {0}")]
    Png(String),
}
