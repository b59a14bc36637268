//! The parameters of a picture.

mod choices;
mod panels;
mod period;

use std::str::FromStr;

use shared::{
    http::{Query, Request},
    problem::Problem,
};

use choices::Scale;
pub(crate) use choices::{Font, Style, Theme};
pub(crate) use panels::{Panel, Panels};
pub(crate) use period::Period;

/// The format of a picture, from the extension of the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Svg,
    Png,
}

impl Format {
    pub(crate) fn of(request: &Request) -> Self {
        match request.raw_path().rsplit_once('.') {
            Some((_, "png")) => Self::Png,
            _ => Self::Svg,
        }
    }

    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Svg => "image/svg+xml",
            Self::Png => "image/png",
        }
    }

    /// The names of its parameters: a PNG has no font, and an SVG no pixels to scale.
    pub(crate) const fn parameters(self) -> &'static [&'static str] {
        match self {
            Self::Svg => {
                &["range", "from", "to", "style", "theme", "width", "height", "panels", "font"]
            }
            Self::Png => {
                &["range", "from", "to", "style", "theme", "width", "height", "panels", "scale"]
            }
        }
    }
}

/// The content and the size of a picture.
#[derive(Debug)]
pub(crate) struct Options {
    pub period: Period,
    /// `None` for candles up to six months, and a line above.
    pub style: Option<Style>,
    pub theme: Theme,
    pub panels: Panels,
    pub font: Font,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Pixels of the PNG for each of these pixels.
    pub scale: u8,
}

impl Options {
    /// 400 for an invalid value; the problem names the parameter and the valid values.
    pub(crate) fn of(query: Query<'_>) -> Result<Self, Problem> {
        let width = query.get::<Pixels<320, 1600>>("width")?.map_or(800, |pixels| pixels.0);
        let height = query.get::<Pixels<240, 1200>>("height")?.map(|pixels| pixels.0);
        Ok(Self {
            period: Period::of(query)?,
            style: query.get("style")?,
            theme: query.get("theme")?.unwrap_or_default(),
            panels: query.get("panels")?.unwrap_or_default(),
            font: query.get("font")?.unwrap_or_default(),
            width,
            // Three fifths of the width, and at least 360 px, so that three panels fit.
            height: height.unwrap_or((width * 3 / 5).clamp(360, 800)),
            scale: query.get::<Scale>("scale")?.unwrap_or_default().0,
        })
    }
}

/// A number of pixels from `MIN` to `MAX`.
struct Pixels<const MIN: u32, const MAX: u32>(u32);

impl<const MIN: u32, const MAX: u32> FromStr for Pixels<MIN, MAX> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let pixels = text.parse().ok().filter(|pixels| (MIN..=MAX).contains(pixels));
        pixels.map(Self).ok_or_else(|| format!("must be an integer from {MIN} to {MAX}"))
    }
}
