//! List queries, and their parts.

use std::{fmt::Write, sync::Arc};

use super::{column::Column, projection::Projection};

/// How a column is compared with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Equal,
    AtLeast,
    Above,
    Below,
    AtMost,
}

/// A condition on the items of a list. A null does not meet any condition.
#[derive(Debug, Clone)]
pub struct Filter {
    pub column: &'static Column,
    pub operator: Operator,
    /// Checked and normalised by the column's [`Kind`](super::Kind).
    pub value: String,
}

/// A column to sort by. Nulls come last in both directions.
#[derive(Debug, Clone, Copy)]
pub struct Sort {
    pub column: &'static Column,
    pub descending: bool,
}

/// The position of an item: its value in each column that is sorted by, as text.
pub type Position = Vec<Option<String>>;

/// The items that the store is to read: filters, sort, start, number and columns.
#[derive(Debug, Clone)]
pub struct ListQuery {
    /// Items must meet all of them.
    pub filters: Vec<Filter>,
    /// The columns to sort by. The last one is the key of the list.
    pub order: Vec<Sort>,
    /// The position after which the page starts; `None` for the first page.
    pub after: Option<Position>,
    /// The maximum number of items of a page.
    pub limit: usize,
    /// Identifies list, filters and sort. A cursor is valid only with the same identity.
    pub(super) identity: String,
    pub(super) columns: &'static [Column],
    pub(super) fields: Option<Arc<[&'static str]>>,
}

impl ListQuery {
    /// The columns to read: the requested ones, those to sort and filter by (PostgREST computes no
    /// others of a function's rows), and those that are not optional.
    pub fn columns(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().filter(|column| self.reads(column)).map(|column| column.name)
    }

    fn reads(&self, column: &Column) -> bool {
        let orders = self.order.iter().any(|sort| sort.column.name == column.name);
        let filters = self.filters.iter().any(|filter| filter.column.name == column.name);
        self.shows(column) || orders || filters || !column.optional
    }

    fn shows(&self, column: &Column) -> bool {
        self.fields.as_ref().is_none_or(|fields| fields.contains(&column.name))
    }

    /// The requested fields of an item, in the order of the columns.
    pub fn shown(&self) -> Vec<&'static str> {
        let shown = self.columns.iter().filter(|column| self.shows(column));
        shown.map(|column| column.name).collect()
    }

    /// The number of items to read: one more than the page has. The extra item shows that there is
    /// a next page.
    pub fn read_limit(&self) -> usize {
        self.limit + 1
    }

    /// Adds an equality filter. It has no effect if the list does not have the column.
    pub fn only(&mut self, column: &str, value: &str) {
        if let Some(column) = self.columns.iter().find(|other| other.name == column) {
            let (operator, value) = (Operator::Equal, value.to_owned());
            self.filters.push(Filter { column, operator, value });
        }
    }

    /// An item with the requested fields.
    pub fn project<T>(&self, item: T) -> Projection<T> {
        Projection::new(item, self.fields.clone())
    }
}

/// Identifies a list with its filters and sort. The same query has the same identity, even if a
/// request writes it in another way.
pub(super) fn identity(list: &str, filters: &[Filter], order: &[Sort]) -> String {
    let mut filters: Vec<String> = filters
        .iter()
        .map(|filter| format!("{} {:?} {}", filter.column.name, filter.operator, filter.value))
        .collect();
    filters.sort();
    let mut identity = format!("{list} {}", filters.join(" "));
    for sort in order {
        // Writing to a string does not fail.
        _ = write!(identity, " {}{}", if sort.descending { "-" } else { "+" }, sort.column.name);
    }
    identity
}
