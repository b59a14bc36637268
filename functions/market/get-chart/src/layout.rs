//! The positions of the parts, and the size of text.

use crate::{parameters::Options, ruler::Ruler, theme::Palette};

/// Shared by all parts of a picture. Lengths are pixels.
pub(crate) struct Scene {
    pub ruler: Ruler,
    pub palette: &'static Palette,
    pub width: f64,
    pub height: f64,
    /// The text size: 11 px, which is legible at a width of 320 px; larger on wider pictures.
    pub size: f64,
    /// The minimum distance to the edge.
    pub margin: f64,
}

/// The top and the bottom of a panel.
pub(crate) type Span = (f64, f64);

impl Scene {
    pub(crate) fn new(options: &Options, ruler: Ruler) -> Self {
        let (size, margin) = match options.width {
            ..480 => (11.0, 10.0),
            480..1100 => (12.0, 16.0),
            _ => (14.0, 20.0),
        };
        let (width, height) = (options.width.into(), options.height.into());
        Self { ruler, palette: Palette::of(options.theme), width, height, size, margin }
    }

    /// True when `below` panels under the price are high enough for the labels of the RSI.
    pub(crate) fn has_room(&self, top: f64, below: usize) -> bool {
        let others = below.try_into().unwrap_or(u8::MAX);
        others == 0 || self.unit(top, others) >= self.size * 3.3
    }

    /// The height of a panel below the price.
    fn unit(&self, top: f64, below: u8) -> f64 {
        let others = f64::from(below);
        (self.bottom() - top - others * self.caption()) / (3.0 + others)
    }

    fn caption(&self) -> f64 {
        self.size * 1.8
    }

    /// The y position where the date labels begin.
    fn bottom(&self) -> f64 {
        self.height - self.margin - self.size * 1.8
    }

    /// Divides the height between `top` and the date labels: the price gets three times as much as
    /// each of the `below` panels under it, which have captions above them.
    pub(crate) fn spans(&self, top: f64, below: u8) -> Vec<Span> {
        let (caption, unit) = (self.caption(), self.unit(top, below));
        let price = (top, top + 3.0 * unit);
        let others = (0..below).map(|index| {
            let top = price.1 + f64::from(index) * (caption + unit) + caption;
            (top, top + unit)
        });
        [price].into_iter().chain(others).collect()
    }
}
