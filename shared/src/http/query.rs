//! The query parameters of a request.

use std::{fmt::Display, str::FromStr};

use lambda_http::aws_lambda_events::query_map::QueryMap;

use crate::problem::Problem;

/// Arrays: only these may be repeated.
pub(super) const ARRAYS: [&str; 5] = ["fields", "metrics", "panels", "sort", "symbols"];

/// The query parameters of a request. The route knows each of them, and each but an array occurs
/// once. An empty one counts as left out.
#[derive(Debug, Clone, Copy)]
pub struct Query<'r>(pub(super) Option<&'r QueryMap>);

impl<'r> Query<'r> {
    /// The value of a parameter.
    pub fn text(self, name: &str) -> Option<&'r str> {
        self.0?.first(name).filter(|text| !text.is_empty())
    }

    /// A 400 if any parameter other than `with` is `refused`: it cannot be combined with `with`.
    pub fn without(self, with: &str, refused: impl Fn(&str) -> bool) -> Result<(), Problem> {
        match self.iter().find(|(name, _)| *name != with && refused(name)) {
            Some((name, _)) => Err(Problem::invalid(
                name,
                "not_combinable",
                format!("{name} cannot be combined with {with}."),
            )),
            None => Ok(()),
        }
    }

    /// Every parameter with its value.
    pub fn iter(self) -> impl Iterator<Item = (&'r str, &'r str)> {
        self.0.into_iter().flat_map(QueryMap::iter).filter(|(_, text)| !text.is_empty())
    }

    /// The parsed value of a parameter; a 400 when it does not parse. The values of an array are
    /// joined by commas.
    pub fn get<T: FromStr<Err: Display>>(self, name: &'static str) -> Result<Option<T>, Problem> {
        let values = self.iter().filter(|(other, _)| *other == name).map(|(_, text)| text);
        let text = values.collect::<Vec<_>>().join(",");
        let parsed = (!text.is_empty()).then(|| text.parse()).transpose();
        parsed.map_err(|error: T::Err| Problem::invalid(name, "invalid_format", error.to_string()))
    }
}
