//! How wide a text is in the embedded font.

use skrifa::{
    FontRef, MetadataProvider,
    charmap::Charmap,
    instance::{LocationRef, Size},
    metrics::GlyphMetrics,
    raw::ReadError,
};

/// Inter, for the PNG and to measure with: `font/README.md`.
pub(crate) const TRUETYPE: &[u8] = include_bytes!("../font/Inter-Regular.ttf");
/// The same for browsers.
pub(crate) const WOFF2: &[u8] = include_bytes!("../font/Inter-Regular.woff2");
/// What a character the font does not have is taken for.
const UNKNOWN_WIDTH: f32 = 1.0;

/// Measures text.
pub(crate) struct Ruler {
    characters: Charmap<'static>,
    /// At a size of one pixel.
    glyphs: GlyphMetrics<'static>,
}

impl Ruler {
    pub(crate) fn new() -> Result<Self, ReadError> {
        let font = FontRef::new(TRUETYPE)?;
        Ok(Self {
            characters: font.charmap(),
            glyphs: font.glyph_metrics(Size::new(1.0), LocationRef::default()),
        })
    }

    /// Pixels at a font size; kerning, which is left out, makes a text narrower.
    pub(crate) fn width(&self, text: &str, size: f64) -> f64 {
        let advance = |character| {
            let glyph = self.characters.map(character)?;
            self.glyphs.advance_width(glyph)
        };
        text.chars()
            .map(|character| f64::from(advance(character).unwrap_or(UNKNOWN_WIDTH)) * size)
            .sum()
    }

    /// Whether the font has every character of a text.
    pub(crate) fn knows(&self, text: &str) -> bool {
        text.chars().all(|character| self.characters.map(character).is_some())
    }

    /// The text, or as much of it as `room` holds with an ellipsis behind.
    pub(crate) fn fit(&self, text: &str, size: f64, room: f64) -> String {
        let mut kept = text.to_owned();
        while self.width(&kept, size) > room && !kept.is_empty() {
            kept.truncate(
                kept.trim_end_matches('…')
                    .trim_end()
                    .char_indices()
                    .next_back()
                    .map_or(0, |(at, _)| at),
            );
            if !kept.is_empty() {
                kept.push('…');
            }
        }
        kept
    }
}
