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

use crate::{
    chart::Chart,
    compose::compose,
    error::DrawError,
    parameters::{Format, Options},
    ruler,
};

/// SVG as text, or PNG of the requested size times its scale.
pub(crate) fn draw(chart: &Chart<'_>, format: Format) -> Result<Body, DrawError> {
    let svg = compose(chart)?.to_string();
    match format {
        Format::Svg => Ok(Body::Text(svg)),
        Format::Png => rasterise(&svg, chart.options).map(Body::Binary),
    }
}

fn rasterise(svg: &str, options: &Options) -> Result<Vec<u8>, DrawError> {
    let mut fonts = Database::new();
    fonts.load_font_source(Source::Binary(Arc::new(ruler::TRUETYPE)));
    let tree = Tree::from_str(
        svg,
        &usvg::Options { fontdb: Arc::new(fonts), ..usvg::Options::default() },
    )?;
    let Options { width, height, scale, .. } = *options;
    let [width, height] = [width, height].map(|length| length * u32::from(scale));
    let mut pixels = Pixmap::new(width, height).ok_or(DrawError::Size)?;
    let scale = f32::from(scale);
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| DrawError::Png(error.to_string()))
}
