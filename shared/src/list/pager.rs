//! A part of a list and the page made of it. Cursors: a place in a list, signed together with the list it is of.

use std::borrow::Cow;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::StatusCode;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    config::ConfigError,
    http::{Cache, Query, Request, Resource},
    problem::Problem,
    signing::SigningKeys,
};

/// Makes and opens cursors.
#[derive(Debug)]
pub struct Cursors(SigningKeys);

impl Cursors {
    /// With the `cursor` key derived from `SIGNING_KEYS`.
    pub fn from_env() -> Result<Self, ConfigError> {
        SigningKeys::from_env("cursor").map(Self)
    }

    pub fn new(keys: SigningKeys) -> Self {
        Self(keys)
    }

    /// The part of a list that a request's `cursor` leads to, of at most `limit` items.
    ///
    /// `list` names the list with its filters and sort: a cursor of another one is a 400 `invalid_cursor`.
    pub fn listing<'r, P: DeserializeOwned>(
        &'r self,
        list: impl Into<Cow<'r, str>>,
        limit: usize,
        request: &'r Request,
        query: Query<'r>,
    ) -> Result<Listing<'r, P>, Problem> {
        let list = list.into();
        let after =
            query.text("cursor").map(|cursor| self.open(&list, cursor).ok_or_else(invalid_cursor)).transpose()?;
        Ok(Listing { cursors: self, list, limit, after, request })
    }

    fn open<P: DeserializeOwned>(&self, list: &str, cursor: &str) -> Option<P> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (tag, position) = bytes.split_at_checked(16)?;
        self.0.verify(&signed(list, position), tag).then_some(())?;
        serde_json::from_slice(position).ok()
    }

    fn issue<P: Serialize>(&self, list: &str, position: &P) -> Option<String> {
        let position = serde_json::to_vec(position).ok()?;
        let tag = self.0.sign(&signed(list, &position))?;
        Some(BASE64_URL_SAFE_NO_PAD.encode([&tag, position.as_slice()].concat()))
    }
}

/// No list's name has a zero byte: filters are printable.
fn signed(list: &str, position: &[u8]) -> Vec<u8> {
    [list.as_bytes(), b"\0", position].concat()
}

fn invalid_cursor() -> Problem {
    let detail = "The cursor does not belong to this list. Start again without it.";
    Problem::new(StatusCode::BAD_REQUEST, "invalid_cursor", detail)
}

/// A part of a list, as asked for; `P` is an item's place in the list's order.
#[derive(Debug)]
pub struct Listing<'r, P> {
    cursors: &'r Cursors,
    list: Cow<'r, str>,
    pub(super) limit: usize,
    after: Option<P>,
    request: &'r Request,
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
    link: Option<String>,
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

/// A page may be kept by whoever may keep its items.
impl<T: Resource> Resource for Page<T>
where
    Self: Serialize,
{
    const CACHE: Cache = T::CACHE;

    fn next_link(&self) -> Option<&str> {
        self.link()
    }
}
