//! The vertical axis of a panel: maps values to y positions.

mod ticks;

use crate::layout::{Scene, Span};
pub(crate) use ticks::Tick;

/// The number of labels that show a scale.
const LEAST: f64 = 3.0;

/// The vertical axis of a panel.
#[derive(Debug)]
pub(crate) struct Axis {
    low: f64,
    high: f64,
    span: Span,
    pub ticks: Vec<Tick>,
    is_logarithmic: bool,
}

/// The room for labels on an axis.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    pub span: Span,
    /// The least distance of two labels.
    gap: f64,
    /// A value that has a label of its own.
    taken: Option<f64>,
}

impl Room {
    pub(crate) fn new(scene: &Scene, span: Span, taken: Option<f64>) -> Self {
        Self { span, gap: scene.line_height(), taken }
    }

    /// A count of labels that is easy to read.
    fn count(&self) -> f64 {
        ((self.span.1 - self.span.0) / (self.gap * 1.8)).clamp(3.0, 9.0)
    }
}

impl Axis {
    /// From `low` to `high`, with labels at round values. `write` formats a value with a number of
    /// decimals.
    pub(crate) fn linear(
        low: f64,
        high: f64,
        room: &Room,
        write: impl Fn(f64, usize) -> String,
    ) -> Self {
        // When all values are equal but for a rounding, the line is drawn in the middle: labels
        // could not tell them apart, and adding a step as small would not change a value.
        let (low, high) = if high - low > low.abs().max(high.abs()) * 1e-9 {
            (low, high)
        } else {
            (low - low.abs() * 0.01, high + high.abs().max(1.0) * 0.01)
        };
        let scales = ticks::linear(low, high, room.count());
        Self::empty(low, high, room.span, false).labelled(scales, LEAST, room, write)
    }

    /// From `low`, above 0, to `high`: equal distances are equal ratios.
    pub(crate) fn logarithmic(
        low: f64,
        high: f64,
        room: &Room,
        write: impl Fn(f64, usize) -> String,
    ) -> Self {
        let scales = ticks::logarithmic(low, high);
        let least = LEAST.max(room.count() * 0.6);
        Self::empty(low, high, room.span, true).labelled(scales, least, room, write)
    }

    /// From `low` to `high`, with labels at these values.
    pub(crate) fn fixed(low: f64, high: f64, span: Span, labels: &[u8]) -> Self {
        let ticks = labels.iter();
        let ticks = ticks.map(|value| Tick { value: f64::from(*value), label: value.to_string() });
        Self { ticks: ticks.collect(), ..Self::empty(low, high, span, false) }
    }

    fn empty(low: f64, high: f64, span: Span, is_logarithmic: bool) -> Self {
        Self { low, high, span, ticks: Vec::new(), is_logarithmic }
    }

    /// The axis with the ticks of the first scale, from the coarsest, that has enough labels.
    fn labelled(
        mut self,
        scales: impl Iterator<Item = Vec<(f64, usize)>>,
        least: f64,
        room: &Room,
        write: impl Fn(f64, usize) -> String,
    ) -> Self {
        for scale in scales {
            self.ticks = self.with_room(scale, room, &write);
            let labels = self.ticks.iter().filter(|tick| !tick.label.is_empty());
            if labels.map(|_| 1.0).sum::<f64>() >= least {
                break;
            }
        }
        self
    }

    /// The ticks that have room; without a label where a value has one of its own.
    fn with_room(
        &self,
        scale: Vec<(f64, usize)>,
        room: &Room,
        write: impl Fn(f64, usize) -> String,
    ) -> Vec<Tick> {
        let taken = room.taken.map(|value| self.y(value));
        let mut last = f64::INFINITY;
        let mut ticks = Vec::new();
        for (value, decimals) in scale {
            let y = self.y(value);
            if last - y < room.gap {
                continue;
            }
            let is_free = taken.is_none_or(|taken| (taken - y).abs() >= room.gap);
            let label = if is_free { write(value, decimals) } else { String::new() };
            ticks.push(Tick { value, label });
            last = y;
        }
        ticks
    }

    /// The y position of a value: the bottom for the lowest, the top for the highest. Values
    /// outside are drawn at the edge.
    pub(crate) fn y(&self, value: f64) -> f64 {
        let (top, bottom) = self.span;
        let (low, high) = (self.scaled(self.low), self.scaled(self.high));
        let value = self.scaled(value.clamp(self.low, self.high));
        bottom - (value - low) / (high - low) * (bottom - top)
    }

    /// True for a value between the ends.
    pub(crate) fn contains(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    fn scaled(&self, value: f64) -> f64 {
        if self.is_logarithmic { value.ln() } else { value }
    }
}
