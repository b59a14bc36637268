//! Lists: `limit`, an opaque signed `cursor`, and `{"items": [...], "next": ...}`.
//!
//! Paging is by keyset: a cursor holds the key of the last item sent, bound by its signature to the list it came from. It
//! carries no authority: whoever follows it sees what they may see.

use std::{borrow::Cow, str::FromStr};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::StatusCode;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    config::ConfigError,
    http::{Query, Request},
    problem::Problem,
    signing::SigningKeys,
};

/// How many items at most: 1 to 200; more is read as 200.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(u16);

impl Limit {
    pub const MAX: u16 = 200;

    /// The number of items to send.
    pub fn get(self) -> usize {
        self.0.into()
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

/// The text is no whole number from 1 up.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number from 1 to 200")]
pub struct InvalidLimit;

impl FromStr for Limit {
    type Err = InvalidLimit;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse::<u64>() {
            Ok(0) | Err(_) => Err(InvalidLimit),
            Ok(limit) => Ok(Self(u16::try_from(limit).map_or(Self::MAX, |limit| limit.min(Self::MAX)))),
        }
    }
}

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

    /// What part of a list a request asks for, by its `limit` and `cursor`.
    ///
    /// `list` names the list with its filters and sort: a cursor of another one is a 400 `invalid_cursor`.
    pub fn listing<'r, P: DeserializeOwned>(
        &'r self,
        list: impl Into<Cow<'r, str>>,
        request: &'r Request,
        query: Query<'r>,
    ) -> Result<Listing<'r, P>, Problem> {
        let (list, limit) = (list.into(), query.get("limit")?.unwrap_or_default());
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

/// A part of a list, as asked for; `P` is an item's place in the list's order.
#[derive(Debug)]
pub struct Listing<'r, P> {
    cursors: &'r Cursors,
    list: Cow<'r, str>,
    limit: Limit,
    after: Option<P>,
    request: &'r Request,
}

impl<P: Serialize> Listing<'_, P> {
    /// The place of the last item that was sent; this part begins behind it.
    pub fn after(&self) -> Option<&P> {
        self.after.as_ref()
    }

    /// How many items to read: one more than to send, which tells whether there is a next page.
    pub fn read_count(&self) -> usize {
        self.limit.get() + 1
    }

    /// The page, from the items that were read.
    pub fn page<T>(&self, mut items: Vec<T>, place: impl Fn(&T) -> P) -> Page<T> {
        let more = items.len() > self.limit.get();
        items.truncate(self.limit.get());
        let next = items.last().filter(|_| more).and_then(|last| self.cursors.issue(&self.list, &place(last)));
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

impl<T: Serialize + Send> Page<T> {
    /// The address of the next page.
    pub fn link(&self) -> Option<&str> {
        self.link.as_deref()
    }
}

fn signed(list: &str, position: &[u8]) -> Vec<u8> {
    [list.as_bytes(), b"\0", position].concat()
}

fn invalid_cursor() -> Problem {
    let detail = "The cursor does not belong to this list. Start again without it.";
    Problem::new(StatusCode::BAD_REQUEST, "invalid_cursor", detail)
}
