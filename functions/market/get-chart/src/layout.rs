//! The positions of the parts, and the size of text.

use crate::{parameters::Options, ruler::Ruler, theme::Palette};

/// Shared by all parts of a picture. Lengths are pixels.
pub(crate) struct Scene {
    pub ruler: Ruler,
    pub palette: &'static Palette,
    pub width: f64,
    pub height: f64,
    /// The text size.
    pub size: f64,
    /// The minimum distance to the edge.
    pub margin: f64,
}

/// The top and the bottom of a panel.
pub(crate) type Span = (f64, f64);

/// The text size and the margin of a picture of this width: 11 px is legible at 320 px.
pub(crate) const fn text_size(width: u32) -> (u32, u32) {
    match width {
        ..480 => (11, 10),
        480..1100 => (12, 16),
        _ => (14, 20),
    }
}

impl Scene {
    pub(crate) fn new(options: &Options, ruler: Ruler) -> Self {
        let (size, margin) = text_size(options.width);
        Self {
            ruler,
            palette: Palette::of(options.theme),
            width: options.width.into(),
            height: options.height.into(),
            size: size.into(),
            margin: margin.into(),
        }
    }

    /// The distance between the middles of two labels above each other.
    pub(crate) fn line_height(&self) -> f64 {
        self.size * 1.25
    }

    /// True when `below` panels under the price are high enough for three labels.
    pub(crate) fn has_room(&self, top: f64, below: usize) -> bool {
        let others = below.try_into().unwrap_or(u8::MAX);
        others == 0 || self.unit(top, others) >= self.line_height() * 2.5
    }

    /// The height of a panel below the price.
    fn unit(&self, top: f64, below: u8) -> f64 {
        let others = f64::from(below);
        (self.bottom() - top - others * self.caption()) / (self.price() + others)
    }

    /// The height of the price as a multiple of that of another panel.
    fn price(&self) -> f64 {
        if self.height < 420.0 { 3.0 } else { 4.0 }
    }

    fn caption(&self) -> f64 {
        self.size * 1.7
    }

    /// The y position where the date labels begin.
    fn bottom(&self) -> f64 {
        self.height - self.margin - self.size * 1.5
    }

    /// Divides the height between `top` and the date labels: the price gets more than each of the
    /// `below` panels under it, which have captions above them.
    pub(crate) fn spans(&self, top: f64, below: u8) -> Vec<Span> {
        let (caption, unit) = (self.caption(), self.unit(top, below));
        let price = (top, top + self.price() * unit);
        let others = (0..below).map(|index| {
            let top = price.1 + f64::from(index) * (caption + unit) + caption;
            (top, top + unit)
        });
        [price].into_iter().chain(others).collect()
    }
}
