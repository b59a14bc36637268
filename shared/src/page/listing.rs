//! A part of a list, and the page made of it.

use std::borrow::Cow;

use serde::Serialize;

use super::cursor::Cursors;
use crate::http::Request;

/// A part of a list, as asked for; `P` is an item's place in the list's order.
#[derive(Debug)]
pub struct Listing<'r, P> {
    pub(super) cursors: &'r Cursors,
    pub(super) list: Cow<'r, str>,
    pub(super) limit: usize,
    pub(super) after: Option<P>,
    pub(super) request: &'r Request,
}

impl<P: Serialize> Listing<'_, P> {
    /// A function's answer ends at 6 MB, to which base64 adds a third: with 4 MB there is room for the rest of the answer.
    const MAX_BYTES: usize = 4_000_000;

    /// The place of the last item that was sent; this part begins behind it.
    pub fn after(&self) -> Option<&P> {
        self.after.as_ref()
    }

    /// How many items to read: one more than to send, which tells whether there is a next page.
    pub fn read_count(&self) -> usize {
        self.limit + 1
    }

    /// The page, from the items that were read.
    pub fn page<T>(&self, mut items: Vec<T>, place: impl Fn(&T) -> P) -> Page<T> {
        let more = items.len() > self.limit;
        items.truncate(self.limit);
        let last = items.last().filter(|_| more).map(place);
        self.ending_at(last, items)
    }

    /// As [`page`](Self::page), with its items encoded. It ends before 4 MB, at a whole item, when the limit does not end it.
    pub fn page_of<T, E>(
        &self,
        items: &[T],
        place: impl Fn(&T) -> P,
        encode: impl Fn(&T) -> E,
        size: impl Fn(&E) -> usize,
    ) -> Page<E> {
        let (mut encoded, mut bytes) = (Vec::new(), 0);
        for item in items.iter().take(self.limit) {
            let one = encode(item);
            bytes += size(&one) + 1;
            if bytes > Self::MAX_BYTES && !encoded.is_empty() {
                break;
            }
            encoded.push(one);
        }
        let last = items.get(encoded.len().wrapping_sub(1)).filter(|_| items.len() > encoded.len()).map(place);
        self.ending_at(last, encoded)
    }

    fn ending_at<T>(&self, last: Option<P>, items: Vec<T>) -> Page<T> {
        let next = last.and_then(|last| self.cursors.issue(&self.list, &last));
        let link = next.as_deref().map(|cursor| self.address_of(cursor));
        Page { items, next, link }
    }

    fn address_of(&self, cursor: &str) -> String {
        let kept = self.request.raw_query().split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
        let query = kept.chain([format!("cursor={cursor}").as_str()]).collect::<Vec<_>>().join("&");
        self.request.url(&format!("{}?{query}", self.request.raw_path()))
    }
}

/// A part of a list; `next` continues it, and is `null` at its end.
#[derive(Debug, Serialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<String>,
    #[serde(skip)]
    pub(super) link: Option<String>,
}

impl<T> Page<T> {
    /// A list that is one page.
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, next: None, link: None }
    }

    /// The page with each item made into something else.
    pub fn map<U>(self, make: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(make).collect(), next: self.next, link: self.link }
    }

    /// The address of the next page.
    pub fn link(&self) -> Option<&str> {
        self.link.as_deref()
    }
}
