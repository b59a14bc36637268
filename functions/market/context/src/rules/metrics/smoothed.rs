//! Exponential smoothing as TA-Lib seeds it.

/// An exponential mean, seeded with the plain mean of the first items.
pub(super) struct Smoothed {
    weight: f64,
    /// The number of items in the seed.
    seed: u32,
    seen: u32,
    mean: f64,
}

impl Smoothed {
    /// TA-Lib EMA over `n` items: the newest has the weight 2 / (n + 1).
    pub(super) fn exponential(n: u32) -> Self {
        Self { weight: 2.0 / (f64::from(n) + 1.0), seed: n, seen: 0, mean: 0.0 }
    }

    /// Wilder's smoothing over `n` items: the newest has the weight 1 / n.
    pub(super) fn wilder(n: u32) -> Self {
        Self { weight: 1.0 / f64::from(n), seed: n, seen: 0, mean: 0.0 }
    }

    /// Adds the next item, and returns the mean once the seed is full.
    pub(super) fn next(&mut self, item: f64) -> Option<f64> {
        let seeding = self.seen < self.seed;
        if seeding {
            self.seen += 1;
        }
        // A running mean, so that the seed of equal items is exactly that item.
        let weight = if seeding { 1.0 / f64::from(self.seen) } else { self.weight };
        self.mean += (item - self.mean) * weight;
        self.mean()
    }

    /// All that a full seed leaves behind.
    pub(super) fn state(&mut self) -> &mut f64 {
        &mut self.mean
    }

    /// The mean so far, once the seed is full.
    pub(super) fn mean(&self) -> Option<f64> {
        (self.seen == self.seed).then_some(self.mean)
    }
}
