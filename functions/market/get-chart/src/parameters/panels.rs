//! The panels below the price.

use std::str::FromStr;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Panel {
    Price,
    Volume,
    Rsi,
    Macd,
}

/// The panels below the price, from top to bottom, without duplicates.
#[derive(Debug)]
pub(crate) struct Panels(pub Vec<Panel>);

impl Default for Panels {
    fn default() -> Self {
        Self(vec![Panel::Volume, Panel::Rsi])
    }
}

impl FromStr for Panels {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut panels = Vec::new();
        for name in text.split(',').filter(|name| *name != "none") {
            let panel = panel(name)
                .ok_or("must be none, or any of rsi, volume and macd, separated by commas")?;
            if !panels.contains(&panel) {
                panels.push(panel);
            }
        }
        Ok(Self(panels))
    }
}

fn panel(name: &str) -> Option<Panel> {
    match name {
        "rsi" => Some(Panel::Rsi),
        "volume" => Some(Panel::Volume),
        "macd" => Some(Panel::Macd),
        _ => None,
    }
}
