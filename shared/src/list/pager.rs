//! Turns requests into queries, and the items that were read into pages.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::StatusCode;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    page::{Next, Page},
    projection::Projection,
    query::{ListQuery, Position},
    schema::ListSchema,
};
use crate::{
    config::ConfigError,
    http::{Query, Request},
    problem::Problem,
    signing::SigningKeys,
};

/// An item whose position can be computed.
pub trait Sortable {
    /// The value of a column as text, which the store parses to the same value. `None` for null.
    fn sort_value(&self, column: &str) -> Option<String>;
}

/// Parses queries, makes pages, and signs and verifies cursors.
#[derive(Debug, Clone)]
pub struct Pager(SigningKeys);

impl Pager {
    /// Signs with the key that is derived from `SIGNING_KEYS` for cursors.
    pub fn from_env() -> Result<Self, ConfigError> {
        SigningKeys::from_env("cursor").map(Self)
    }

    pub fn new(keys: SigningKeys) -> Self {
        Self(keys)
    }

    /// Parses the parameters of a request. A 400 names the invalid parameter.
    pub fn query(
        &self,
        schema: &'static ListSchema,
        parameters: Query<'_>,
    ) -> Result<ListQuery, Problem> {
        let mut query = schema.query(parameters)?;
        query.after = self.resume(&query.identity, parameters)?;
        Ok(query)
    }

    /// The page of a query. `items` are those that were read, at most
    /// [`read_limit`](ListQuery::read_limit).
    pub fn page<T: Sortable>(
        &self,
        request: &Request,
        query: &ListQuery,
        mut items: Vec<T>,
    ) -> Page<Projection<T>> {
        let has_next = items.len() > query.limit;
        items.truncate(query.limit);
        let next = items.last().filter(|_| has_next).and_then(|last| {
            let position: Position =
                query.order.iter().map(|sort| last.sort_value(sort.column.name)).collect();
            self.next(request, &query.identity, &position)
        });
        Page::new(items.into_iter().map(|item| query.project(item)).collect(), next)
    }

    /// The position in the `cursor` of a request, if it has one. A 400 `invalid_cursor` when the
    /// cursor is not valid for this list.
    ///
    /// `list` identifies the list with its filters and sort.
    pub fn resume<P: DeserializeOwned>(
        &self,
        list: &str,
        parameters: Query<'_>,
    ) -> Result<Option<P>, Problem> {
        let cursor = parameters.text("cursor");
        cursor.map(|cursor| self.open(list, cursor).ok_or_else(invalid_cursor)).transpose()
    }

    /// The cursor and the link of the page after a position.
    pub fn next(&self, request: &Request, list: &str, position: &impl Serialize) -> Option<Next> {
        let cursor = self.sign(list, position)?;
        let parameters = request.raw_query().split('&');
        let others = parameters.filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
        let query =
            others.chain([format!("cursor={cursor}").as_str()]).collect::<Vec<_>>().join("&");
        let link = request.url(&format!("{}?{query}", request.raw_path()));
        Some(Next { cursor, link })
    }

    fn sign(&self, list: &str, position: &impl Serialize) -> Option<String> {
        let position = serde_json::to_vec(position).ok()?;
        let tag = self.0.sign(&signed(list, &position))?;
        Some(BASE64_URL_SAFE_NO_PAD.encode([&tag, position.as_slice()].concat()))
    }

    fn open<P: DeserializeOwned>(&self, list: &str, cursor: &str) -> Option<P> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (tag, position) = bytes.split_at_checked(16)?;
        self.0.verify(&signed(list, position), tag).then_some(())?;
        serde_json::from_slice(position).ok()
    }
}

/// The signed bytes. The separator is unambiguous, as `list` has no zero byte: filters are
/// printable.
fn signed(list: &str, position: &[u8]) -> Vec<u8> {
    [list.as_bytes(), b"\0", position].concat()
}

fn invalid_cursor() -> Problem {
    let detail = "The cursor is not valid for this query. Start again without it.";
    Problem::new(StatusCode::BAD_REQUEST, "invalid_cursor", detail)
}
