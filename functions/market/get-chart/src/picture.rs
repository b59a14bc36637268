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

use crate::{chart::Chart, compose::compose, error::DrawError, parameters::Format, ruler};

/// SVG as text, or PNG of exactly the requested size.
pub(crate) fn draw(chart: &Chart<'_>, format: Format) -> Result<Body, DrawError> {
    let svg = compose(chart)?.to_string();
    match format {
        Format::Svg => Ok(Body::Text(svg)),
        Format::Png => rasterise(&svg, chart.options.width, chart.options.height).map(Body::Binary),
    }
}

fn rasterise(svg: &str, width: u32, height: u32) -> Result<Vec<u8>, DrawError> {
    let mut fonts = Database::new();
    fonts.load_font_source(Source::Binary(Arc::new(ruler::TRUETYPE)));
    let tree = Tree::from_str(
        svg,
        &usvg::Options { fontdb: Arc::new(fonts), ..usvg::Options::default() },
    )?;
    let mut pixels = Pixmap::new(width, height).ok_or(DrawError::Size)?;
    resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| DrawError::Png(error.to_string()))
}
