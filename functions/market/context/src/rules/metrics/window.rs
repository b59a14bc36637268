//! A sliding window over a series, with a summary of its items.

/// A summary of consecutive items.
pub(super) trait Summary: Copy {
    /// One day's input.
    type Item: Copy;

    /// The summary of one item. `origin` is an item of the same window, for summaries that count
    /// from somewhere.
    fn of(item: Self::Item, origin: Self::Item) -> Self;

    /// The summary of these items and the `later` ones after them.
    fn join(self, later: Self) -> Self;
}

/// The summary of the last `length` items.
///
/// The series is cut into blocks of `length` items. A window is the end of one block and the
/// beginning of the next: summaries of the ends are made once a block, that of the beginning grows
/// with each item. So an item costs three joins at any length. As nothing is ever removed from a
/// summary, items that have left a window leave no rounding error, a window of equal items is
/// exactly flat, and a NaN has no effect outside the windows that contain it.
pub(super) struct Window<S: Summary> {
    length: usize,
    /// Items of the current block before the first of `block`.
    skipped: usize,
    /// The items of the current block.
    block: Vec<S::Item>,
    /// The summary of the current block, which begins with its origin. Every window that ends in a
    /// block contains that block's first item.
    beginning: Option<(S::Item, S)>,
    /// Summaries of the ends of the block before, that of its last item first.
    ends: Vec<S>,
}

impl<S: Summary> Window<S> {
    /// An empty window of `length` items, at least 1, of a series whose first `skipped` items are
    /// not added. Its blocks are cut where they are in the whole series, so each of its summaries
    /// equals that of the whole series to the last bit.
    pub(super) fn after(skipped: usize, length: usize) -> Self {
        Self {
            length,
            skipped: skipped % length,
            block: Vec::with_capacity(length),
            beginning: None,
            ends: Vec::with_capacity(length),
        }
    }

    /// Adds the next item, and returns the summary of the last `length` items once there are as
    /// many.
    pub(super) fn next(&mut self, item: S::Item) -> Option<S> {
        if self.skipped + self.block.len() == self.length {
            self.begin_block(item);
        }
        self.block.push(item);
        let (origin, beginning) = match self.beginning {
            Some((origin, summary)) => (origin, summary.join(S::of(item, origin))),
            None => (item, S::of(item, item)),
        };
        self.beginning = Some((origin, beginning));
        // Items of this window in the block before.
        let older = self.length - self.skipped - self.block.len();
        match older.checked_sub(1) {
            Some(at) => self.ends.get(at).map(|end| end.join(beginning)),
            None => (self.skipped == 0).then_some(beginning),
        }
    }

    /// Summarizes the proper ends of the block about the first item of the next block.
    fn begin_block(&mut self, origin: S::Item) {
        self.ends.clear();
        let mut end: Option<S> = None;
        for &item in self.block.iter().rev().take(self.length - 1) {
            let first = S::of(item, origin);
            let longer = end.map_or(first, |rest| first.join(rest));
            self.ends.push(longer);
            end = Some(longer);
        }
        self.skipped = 0;
        self.block.clear();
        self.beginning = None;
    }
}
