//! The arguments of `get_chart`.

use rmcp::schemars::{self, JsonSchema};
use serde::{Deserialize, Serialize};
use shared::http::by_name;

/// A chart of one stock.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetChart {
    /// Ticker symbol, e.g. AAPL.
    #[serde(skip_serializing)]
    pub(super) symbol: String,
    /// png for an image, svg for SVG as text; png when omitted.
    #[serde(default, skip_serializing, deserialize_with = "by_name")]
    format: Format,
    /// Time range that ends at the latest day: 1m, 3m, 6m, 1y, 2y, 5y or max; 1y when omitted. Not
    /// with from or to.
    range: Option<String>,
    /// First day, inclusive, e.g. 2012-09-01; the stock's first when only to is given.
    from: Option<String>,
    /// Last day, inclusive, e.g. 2013-02-28; the stock's last when only from is given.
    to: Option<String>,
    /// candles, line or area; when omitted, candles up to six months and a line above.
    style: Option<String>,
    /// Background: light or dark; light when omitted.
    theme: Option<String>,
    /// Width in pixels, 320 to 1600; 800 when omitted.
    #[schemars(range(min = 320, max = 1600))]
    width: Option<u32>,
    /// Height in pixels, 240 to 1200; when omitted, three fifths of the width, from 360 to 800.
    #[schemars(range(min = 240, max = 1200))]
    height: Option<u32>,
    /// Panels below the price, from top to bottom: `["none"]` or any of volume, rsi and macd;
    /// `["volume", "rsi"]` when omitted.
    panels: Option<Vec<String>>,
    /// With png: pixels of the image for each pixel of width and height, 1 or 2; 1 when omitted.
    #[schemars(range(min = 1, max = 2))]
    scale: Option<u32>,
    /// With svg: embedded, or system for a shorter text without a font; embedded when omitted.
    font: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum Format {
    #[default]
    Png,
    Svg,
}

impl GetChart {
    /// The last part of the path of its route.
    pub(super) fn resource(&self) -> &'static str {
        match self.format {
            Format::Png => "chart.png",
            Format::Svg => "chart.svg",
        }
    }
}
