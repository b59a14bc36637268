//! The parameters of a picture.

use std::str::FromStr;

use jiff::{Span, ToSpan};
use market::Interval;
use shared::{
    http::{Query, Request},
    problem::Problem,
};

pub(crate) const PARAMETERS: [&str; 5] = ["range", "theme", "width", "height", "panels"];

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
}

/// The content and the size of a picture.
#[derive(Debug)]
pub(crate) struct Options {
    pub range: Range,
    pub theme: Theme,
    pub panels: Panels,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

impl Options {
    /// 400 for an invalid value; the problem names the parameter and the valid values.
    pub(crate) fn of(query: Query<'_>) -> Result<Self, Problem> {
        let width = query.get::<Pixels<320, 1600>>("width")?.map_or(800, |pixels| pixels.0);
        let height = query.get::<Pixels<240, 1200>>("height")?.map(|pixels| pixels.0);
        Ok(Self {
            range: query.get("range")?.unwrap_or_default(),
            theme: query.get("theme")?.unwrap_or_default(),
            panels: query.get("panels")?.unwrap_or(Panels { rsi: true, volume: true }),
            width,
            // Three fifths of the width, and at least 360 px, so that three panels fit.
            height: height.unwrap_or((width * 3 / 5).clamp(360, 800)),
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

/// The period that a chart shows, up to the stock's last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Range {
    Month,
    Quarter,
    HalfYear,
    #[default]
    Year,
    TwoYears,
    FiveYears,
    All,
}

impl Range {
    /// The length of the period; `None` for the whole history.
    pub(crate) fn back(self) -> Option<Span> {
        Some(match self {
            Self::Month => 1.month(),
            Self::Quarter => 3.months(),
            Self::HalfYear => 6.months(),
            Self::Year => 1.year(),
            Self::TwoYears => 2.years(),
            Self::FiveYears => 5.years(),
            Self::All => return None,
        })
    }

    /// The interval of a point; a week for long ranges, which have more days than most widths.
    pub(crate) fn interval(self) -> Interval {
        match self {
            Self::FiveYears | Self::All => Interval::Week,
            _ => Interval::Day,
        }
    }
}

impl FromStr for Range {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "1m" => Self::Month,
            "3m" => Self::Quarter,
            "6m" => Self::HalfYear,
            "1y" => Self::Year,
            "2y" => Self::TwoYears,
            "5y" => Self::FiveYears,
            "max" => Self::All,
            _ => return Err("must be one of 1m, 3m, 6m, 1y, 2y, 5y and max"),
        })
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

/// The panels below the price: `rsi,volume`, `rsi`, `volume` or `none`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Panels {
    pub rsi: bool,
    pub volume: bool,
}

impl FromStr for Panels {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (rsi, volume) = match text {
            "rsi,volume" | "volume,rsi" => (true, true),
            "rsi" => (true, false),
            "volume" => (false, true),
            "none" => (false, false),
            _ => return Err("must be rsi, volume, both separated by a comma, or none"),
        };
        Ok(Self { rsi, volume })
    }
}
