//! A page of a list.

use serde::Serialize;

use crate::http::{Cache, Resource};

/// A part of a list. `next` is the cursor of the next page, and `null` on the last page.
#[derive(Debug, Serialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<String>,
    #[serde(skip)]
    link: Option<String>,
}

/// The cursor and the link of the next page.
#[derive(Debug)]
pub struct Next {
    pub(super) cursor: String,
    /// The URL of the next page.
    pub(super) link: String,
}

impl<T> Page<T> {
    /// A page. `next` is `None` for the last page.
    pub fn new(items: Vec<T>, next: Option<Next>) -> Self {
        let (next, link) = next.map(|Next { cursor, link }| (cursor, link)).unzip();
        Self { items, next, link }
    }

    /// A page with the whole list.
    pub fn whole(items: Vec<T>) -> Self {
        Self::new(items, None)
    }

    /// The page with each item converted.
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(convert).collect(),
            next: self.next,
            link: self.link,
        }
    }

    /// The URL of the next page.
    pub fn link(&self) -> Option<&str> {
        self.link.as_deref()
    }
}

/// A page is cached like its items.
impl<T: Resource> Resource for Page<T>
where
    Self: Serialize,
{
    const CACHE: Cache = T::CACHE;

    fn next_link(&self) -> Option<&str> {
        self.link()
    }
}
