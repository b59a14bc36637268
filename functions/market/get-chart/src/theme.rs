//! Colours. Text has a contrast of at least 4.5 to the background, every line but the grid at least
//! 3 (WCAG 2.2). The three averages differ in their dashes, and in colours that are distinct with
//! any colour blindness; so are the colours of up and down.

use crate::parameters::Theme;

/// The colours of a theme.
#[derive(Debug)]
pub(crate) struct Palette {
    pub background: &'static str,
    pub text: &'static str,
    /// Less prominent text: axes and captions.
    pub muted: &'static str,
    pub grid: &'static str,
    /// Lines that carry a meaning, such as the limits of the RSI.
    pub guide: &'static str,
    pub close: &'static str,
    pub averages: [&'static str; 3],
    /// The edges of the Bollinger bands and, with low opacity, the area between them.
    pub band: &'static str,
    pub rsi: &'static str,
    pub macd: &'static str,
    pub signal: &'static str,
    up: &'static str,
    /// Inside candles that are up.
    pub up_fill: &'static str,
    down: &'static str,
}

impl Palette {
    pub(crate) const fn of(theme: Theme) -> &'static Self {
        match theme {
            Theme::Light => &LIGHT,
            Theme::Dark => &DARK,
        }
    }

    pub(crate) const fn direction(&self, is_up: bool) -> &'static str {
        if is_up { self.up } else { self.down }
    }
}

const LIGHT: Palette = Palette {
    background: "#ffffff",
    text: "#1b1f27",
    muted: "#57606a",
    grid: "#e6e9ed",
    guide: "#87909b",
    close: "#1b1f27",
    averages: ["#c74a00", "#0067b8", "#a1368a"],
    band: "#7d8896",
    rsi: "#6d45c4",
    macd: "#0067b8",
    signal: "#c74a00",
    up: "#007a87",
    up_fill: "#b5e3e4",
    down: "#cf2637",
};

const DARK: Palette = Palette {
    background: "#12161d",
    text: "#eef1f5",
    muted: "#a5afbc",
    grid: "#262d38",
    guide: "#77828f",
    close: "#f4f6f9",
    averages: ["#ff9a55", "#58b4f5", "#e596d2"],
    band: "#8b96a5",
    rsi: "#b79cff",
    macd: "#58b4f5",
    signal: "#ff9a55",
    up: "#2cc5d2",
    up_fill: "#0e4750",
    down: "#f2545b",
};
