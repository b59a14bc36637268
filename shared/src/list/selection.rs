//! What a request asks of a list.

use std::{fmt::Write, sync::Arc};

use crate::list::{
    column::{Column, List},
    filter::{Filter, Operator},
    limit::Limit,
    pager::{Cursors, Listing, Page},
    selected::{Entries, Selected},
    sort::Sort,
};
use crate::{
    http::{Query, Request},
    problem::Problem,
};

/// Where an item stands: its value in each column of the order, as text.
pub type Place = Vec<Option<String>>;

/// What a store has to read: which items, in which order, and what of them.
#[derive(Debug)]
pub struct Selection {
    /// All of them must be met.
    pub filters: Vec<Filter>,
    /// Ends with the key of the list.
    pub order: Vec<Sort>,
    /// Only items behind this place.
    pub after: Option<Place>,
    /// At most so many; one more than the page, which tells whether there is a next one.
    pub count: usize,
    list: &'static List,
    fields: Option<Arc<[&'static str]>>,
}

impl Selection {
    /// The columns to read: what was asked for, what the order needs, and what no item can be made without.
    pub fn columns(&self) -> impl Iterator<Item = &'static str> {
        let is_read = |column: &&Column| {
            let is_asked = self.fields.as_ref().is_none_or(|fields| fields.contains(&column.name));
            is_asked || !column.optional || self.order.iter().any(|sort| sort.column.name == column.name)
        };
        self.list.columns.iter().filter(is_read).map(|column| column.name)
    }

    /// Adds a filter for equality; a column that the list does not have filters nothing.
    pub fn only(&mut self, column: &str, value: &str) {
        let filter = |column| Filter { column, operator: Operator::Equal, value: value.to_owned() };
        self.filters.extend(self.list.column(column).map(filter));
    }

    /// An item with the fields that were asked for.
    pub fn narrow<T>(&self, item: T) -> Selected<T> {
        Selected::new(item, self.fields.clone())
    }

    /// The page, from the items that were read.
    pub fn page<T: serde::Serialize>(&self, listing: &Listing<'_, Place>, items: Vec<T>) -> Page<Selected<T>> {
        let items = items.into_iter().map(|item| self.narrow(item)).collect();
        listing.page(items, |item: &Selected<T>| {
            let entries = Entries::of(item.whole()).unwrap_or_default();
            self.order.iter().map(|sort| entries.text(sort.column.name)).collect()
        })
    }

    /// The page of a list that is not continued, from the items that were read.
    pub fn one_page<T>(&self, listing: &Listing<'_, Place>, items: Vec<T>) -> Page<Selected<T>> {
        Page::whole(items.into_iter().take(listing.limit).map(|item| self.narrow(item)).collect())
    }

    /// The list with its filters and order, in one form however they were written.
    fn name(&self) -> String {
        let written = |filter: &Filter| format!("{} {:?} {}", filter.column.name, filter.operator, filter.value);
        let mut filters: Vec<String> = self.filters.iter().map(written).collect();
        filters.sort();
        let mut name = format!("{} {}", self.list.name, filters.join(" "));
        for sort in &self.order {
            // Writing to a string does not fail.
            _ = write!(name, " {}{}", if sort.descending { "-" } else { "+" }, sort.column.name);
        }
        name
    }
}

impl Cursors {
    /// What a request asks of a list, and the page to make of the answer.
    pub fn select<'r>(
        &'r self,
        list: &'static List,
        request: &'r Request,
        query: Query<'r>,
    ) -> Result<(Selection, Listing<'r, Place>), Problem> {
        let (filters, order) = (list.filters(query)?, list.order(query.text("sort"))?);
        let fields = list.fields(query.text("fields"))?;
        let limit = query.get::<Limit>("limit")?.unwrap_or_default().get();
        let mut selection = Selection { filters, order, after: None, count: limit + 1, list, fields };
        let listing = self.listing(selection.name(), limit, request, query)?;
        selection.after = listing.after().cloned();
        Ok((selection, listing))
    }
}

impl List {
    /// The fields that a text asks for, and the key; `None` for all.
    pub(super) fn fields(&'static self, text: Option<&str>) -> Result<Option<Arc<[&'static str]>>, Problem> {
        let Some(text) = text else { return Ok(None) };
        let field = |name: &str| {
            let column = self.column(name).ok_or_else(|| {
                let known = self.names(|_| true);
                Problem::invalid(
                    "fields",
                    "unknown_field",
                    format!("{name:?} is no field of this list; these are: {known}."),
                )
            });
            column.map(|column| column.name)
        };
        let key = [Ok(self.key.name)];
        text.split(',').map(field).chain(key).collect::<Result<_, _>>().map(Some)
    }
}
