//! What a request asks of a list.

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

/// A condition on the items of a list. A null meets none.
#[derive(Debug, Clone)]
pub struct Filter {
    pub column: &'static Column,
    pub operator: Operator,
    /// Checked and normalised by the column's [`Kind`](super::Kind).
    pub value: String,
}

/// One column of an order. Nulls come last in both directions.
#[derive(Debug, Clone, Copy)]
pub struct Sort {
    pub column: &'static Column,
    pub descending: bool,
}

/// Where an item stands: its value in each column of the order, as text.
pub type Position = Vec<Option<String>>;

/// What a store has to read: which items, in which order, and which of their columns.
#[derive(Debug, Clone)]
pub struct ListQuery {
    /// All of them must be met.
    pub filters: Vec<Filter>,
    /// Ends with the key of the list.
    pub order: Vec<Sort>,
    /// Only items after this position.
    pub after: Option<Position>,
    /// Items of a page.
    pub limit: usize,
    /// The list, filters and order of the request: what its cursors are bound to.
    pub(super) identity: String,
    pub(super) columns: &'static [Column],
    pub(super) fields: Option<Arc<[&'static str]>>,
}

impl ListQuery {
    /// The columns to read: what was asked for, what the order needs, and what every item needs.
    pub fn columns(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().filter(|column| self.reads(column)).map(|column| column.name)
    }

    fn reads(&self, column: &Column) -> bool {
        let is_asked = self.fields.as_ref().is_none_or(|fields| fields.contains(&column.name));
        let orders = self.order.iter().any(|sort| sort.column.name == column.name);
        is_asked || orders || !column.optional
    }

    /// How many items to read: one more than the page has, which tells whether there is a next
    /// page.
    pub fn read_limit(&self) -> usize {
        self.limit + 1
    }

    /// Adds a filter for equality; without effect for a column that the list does not have.
    pub fn only(&mut self, column: &str, value: &str) {
        if let Some(column) = self.columns.iter().find(|other| other.name == column) {
            let (operator, value) = (Operator::Equal, value.to_owned());
            self.filters.push(Filter { column, operator, value });
        }
    }

    /// An item with the fields that were asked for.
    pub fn project<T>(&self, item: T) -> Projection<T> {
        Projection::new(item, self.fields.clone())
    }
}

/// A list with its filters and order, the same however a request spells them: what a cursor is
/// bound to.
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
