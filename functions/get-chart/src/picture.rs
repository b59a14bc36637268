//! A chart as the bytes of a file.

use std::sync::Arc;

use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{
        self, Tree,
        fontdb::{Database, Source},
    },
};
use shared::http::Body;
use skrifa::raw::ReadError;

use crate::{chart::Chart, parameters::Format, ruler};

/// Why a picture cannot be drawn. None of these depends on the request.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DrawError {
    #[error("the embedded font cannot be read")]
    Font(#[from] ReadError),
    #[error("the drawing cannot be rasterised")]
    Drawing(#[from] usvg::Error),
    #[error("there is no picture of this size")]
    Size,
    #[error("the pixels cannot be encoded: {0}")]
    Png(String),
}

/// SVG as text, or PNG of exactly the size that was asked for.
pub(crate) fn draw(chart: &Chart<'_>, format: Format) -> Result<Body, DrawError> {
    let svg = chart.draw()?.to_string();
    match format {
        Format::Svg => Ok(Body::Text(svg)),
        Format::Png => rasterise(&svg, chart.options.width, chart.options.height).map(Body::Binary),
    }
}

fn rasterise(svg: &str, width: u32, height: u32) -> Result<Vec<u8>, DrawError> {
    let mut fonts = Database::new();
    fonts.load_font_source(Source::Binary(Arc::new(ruler::TRUETYPE)));
    let tree = Tree::from_str(svg, &usvg::Options { fontdb: Arc::new(fonts), ..usvg::Options::default() })?;
    let mut pixels = Pixmap::new(width, height).ok_or(DrawError::Size)?;
    resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| DrawError::Png(error.to_string()))
}
