//! Cursors: a place in a list, signed together with the list it is of.

use std::borrow::Cow;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::StatusCode;
use serde::{Serialize, de::DeserializeOwned};

use super::listing::Listing;
use crate::{
    config::ConfigError,
    http::{Query, Request},
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

    pub(super) fn issue<P: Serialize>(&self, list: &str, position: &P) -> Option<String> {
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
