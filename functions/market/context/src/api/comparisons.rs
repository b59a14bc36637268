//! Comparisons of two columns of the screener, as in `adj_close.gt=@sma_200`.

use serde::Serialize;
use shared::{
    list::{Kind, ListQuery, Operator},
    problem::Problem,
};

use crate::Metric;

/// Stands before the name of a column.
const MARK: char = '@';

/// The columns of numbers that are not metrics.
const PRICES: [&str; 3] = ["close", "adj_close", "volume"];

/// The maximum number of comparisons of a query, as in the database.
const MAX: usize = 8;

/// A condition on two columns of a snapshot.
#[derive(Debug, Serialize)]
pub struct Comparison {
    pub(crate) column: &'static str,
    pub(crate) operator: &'static str,
    pub(crate) other: String,
}

impl Comparison {
    /// Takes the comparisons out of the filters of a query.
    pub(crate) fn take(query: &mut ListQuery) -> Vec<Self> {
        let taken = query.filters.extract_if(.., |filter| filter.value.starts_with(MARK));
        let comparisons = taken.map(|filter| Self {
            column: filter.column.name,
            operator: match filter.operator {
                Operator::Equal => "eq",
                Operator::AtLeast => "gte",
                Operator::Above => "gt",
                Operator::Below => "lt",
                Operator::AtMost => "lte",
            },
            other: filter.value.trim_start_matches(MARK).to_owned(),
        });
        comparisons.collect()
    }

    /// A 400 for a query with too many comparisons.
    pub fn limit(query: &ListQuery) -> Result<(), Problem> {
        let mut comparisons = query.filters.iter().filter(|filter| filter.value.starts_with(MARK));
        comparisons.nth(MAX).map_or(Ok(()), |filter| {
            let detail = format!("At most {MAX} filters may compare two fields.");
            Err(Problem::invalid(filter.column.name, "too_many", detail))
        })
    }
}

/// Parses a number of this kind, or `@` and the name of a column of numbers.
pub(super) fn number_or_column(kind: Kind, text: &str) -> Result<String, String> {
    let Some(name) = text.strip_prefix(MARK) else { return kind.parse(text) };
    if PRICES.contains(&name) || Metric::named(name).is_some() {
        return Ok(text.to_owned());
    }
    Err("must be a number, or @ and the name of a field of numbers, as in @sma_200".to_owned())
}
