//! A value that may come from the cache, with its age.

use std::time::Duration;

use serde::Serialize;

/// A value with its age. Its JSON has the fields of the value, and `stale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Cached<T> {
    #[serde(flatten)]
    pub value: T,
    /// True when the value is older than its TTL. It is served because the store is unavailable.
    pub stale: bool,
    /// Time since it was read from the store; `None` when it was read for this request.
    #[serde(skip)]
    pub age: Option<Duration>,
}

impl<T> Cached<T> {
    /// A value that was read from the store for this request.
    pub const fn from_store(value: T) -> Self {
        Self { value, stale: false, age: None }
    }

    /// A value made from this one, with the same age.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Cached<U> {
        Cached { value: make(self.value), stale: self.stale, age: self.age }
    }

    /// Like [`map`](Self::map), for a function that may fail.
    pub fn try_map<U, E>(self, make: impl FnOnce(T) -> Result<U, E>) -> Result<Cached<U>, E> {
        Ok(Cached { value: make(self.value)?, stale: self.stale, age: self.age })
    }

    /// Two values as a pair, with the age of the older one.
    pub fn and<U>(self, other: Cached<U>) -> Cached<(T, U)> {
        let (stale, age) = (self.stale || other.stale, self.age.max(other.age));
        Cached { value: (self.value, other.value), stale, age }
    }
}

impl<T> Cached<Option<T>> {
    /// The value with its age, if there is one.
    pub fn transpose(self) -> Option<Cached<T>> {
        let Self { value, stale, age } = self;
        value.map(|value| Cached { value, stale, age })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_values_have_the_age_of_the_older() {
        let old = Cached { value: 1, stale: true, age: Some(Duration::from_secs(90)) };
        let both = Cached::from_store(2).and(old);
        assert_eq!(both, Cached { value: (2, 1), stale: true, age: Some(Duration::from_secs(90)) });
    }
}
