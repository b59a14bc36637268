//! The parameters that choose one of a few values.

use std::str::FromStr;

/// How prices are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Candles,
    Line,
    /// A line, and the area below it.
    Area,
}

impl FromStr for Style {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "candles" => Ok(Self::Candles),
            "line" => Ok(Self::Line),
            "area" => Ok(Self::Area),
            _ => Err("must be one of candles, line and area"),
        }
    }
}

/// The background that the colours are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Theme {
    #[default]
    Light,
    Dark,
}

impl FromStr for Theme {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "light" => Ok(Self::Light),
            "dark" => Ok(Self::Dark),
            _ => Err("must be light or dark"),
        }
    }
}

/// The font of an SVG.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Font {
    /// Part of the file.
    #[default]
    Embedded,
    /// The one of the reader's system, which may have wider letters.
    System,
}

impl FromStr for Font {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "embedded" => Ok(Self::Embedded),
            "system" => Ok(Self::System),
            _ => Err("must be embedded or system"),
        }
    }
}

/// Pixels of the PNG for each pixel of its width and height.
pub(super) struct Scale(pub u8);

impl Default for Scale {
    fn default() -> Self {
        Self(1)
    }
}

impl FromStr for Scale {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "1" => Ok(Self(1)),
            "2" => Ok(Self(2)),
            _ => Err("must be 1 or 2"),
        }
    }
}
