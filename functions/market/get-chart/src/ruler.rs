//! The width of text in the embedded font.

use skrifa::{
    FontRef, MetadataProvider,
    charmap::Charmap,
    instance::{LocationRef, Size},
    metrics::GlyphMetrics,
    raw::ReadError,
};

/// Inter, to draw the PNG and to measure text; see `font/README.md`.
pub(crate) const TRUETYPE: &[u8] = include_bytes!("../font/Inter-Regular.ttf");
/// The same font, embedded in the SVG for browsers.
pub(crate) const WOFF2: &[u8] = include_bytes!("../font/Inter-Regular.woff2");
/// The assumed width of a character that the font does not have.
const UNKNOWN_WIDTH: f32 = 1.0;

/// Measures text.
pub(crate) struct Ruler {
    characters: Charmap<'static>,
    /// The widths at a size of one pixel.
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

    /// The width in pixels at a font size, without kerning, which would make it narrower.
    pub(crate) fn width(&self, text: &str, size: f64) -> f64 {
        text.chars()
            .map(|character| f64::from(self.advance(character).unwrap_or(UNKNOWN_WIDTH)) * size)
            .sum()
    }

    fn advance(&self, character: char) -> Option<f32> {
        self.glyphs.advance_width(self.characters.map(character)?)
    }

    /// True when the font has every character of a text.
    pub(crate) fn knows(&self, text: &str) -> bool {
        text.chars().all(|character| self.characters.map(character).is_some())
    }

    /// The text; when it is wider than `room`, cut and with an ellipsis. Empty when not even one
    /// character fits.
    pub(crate) fn fit(&self, text: &str, size: f64, room: f64) -> String {
        let (mut width, mut end) = (0.0, 0);
        let cut_room = room - self.width("…", size);
        for (at, character) in text.char_indices() {
            width += self.width(character.encode_utf8(&mut [0; 4]), size);
            if width <= cut_room {
                end = at + character.len_utf8();
            }
            if width > room {
                let cut = text.get(..end).unwrap_or_default().trim_end();
                return if cut.is_empty() { String::new() } else { format!("{cut}…") };
            }
        }
        text.to_owned()
    }
}
