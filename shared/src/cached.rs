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
}

impl<T> Cached<Option<T>> {
    /// The value with its age, if there is one.
    pub fn transpose(self) -> Option<Cached<T>> {
        let Self { value, stale, age } = self;
        value.map(|value| Cached { value, stale, age })
    }
}
