//! How old a reading is.

use std::time::Duration;

use serde::Serialize;

/// What was read, and whether it was read just now. In JSON the fields of the value, and `stale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Fresh<T> {
    #[serde(flatten)]
    pub value: T,
    /// Whether it is older than it should be, because the store cannot be asked.
    pub stale: bool,
    /// Time since it was read from the store; `None` when that was just now.
    #[serde(skip)]
    pub age: Option<Duration>,
}

impl<T> Fresh<T> {
    /// Just read.
    pub const fn read(value: T) -> Self {
        Self { value, stale: false, age: None }
    }

    /// Made from what was read, and as old.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Fresh<U> {
        Fresh { value: make(self.value), stale: self.stale, age: self.age }
    }

    /// As [`map`](Self::map), for what may fail.
    pub fn try_map<U, E>(self, make: impl FnOnce(T) -> Result<U, E>) -> Result<Fresh<U>, E> {
        Ok(Fresh { value: make(self.value)?, stale: self.stale, age: self.age })
    }

    /// Two readings as one, which is as old as the older.
    pub fn and<U>(self, other: Fresh<U>) -> Fresh<(T, U)> {
        let (stale, age) = (self.stale || other.stale, self.age.max(other.age));
        Fresh { value: (self.value, other.value), stale, age }
    }
}

impl<T> Fresh<Option<T>> {
    /// The reading, when there was something to read.
    pub fn transpose(self) -> Option<Fresh<T>> {
        let Self { value, stale, age } = self;
        value.map(|value| Fresh { value, stale, age })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_readings_are_as_old_as_the_older() {
        let old = Fresh { value: 1, stale: true, age: Some(Duration::from_secs(90)) };
        let both = Fresh::read(2).and(old);
        assert_eq!(both, Fresh { value: (2, 1), stale: true, age: Some(Duration::from_secs(90)) });
    }
}
