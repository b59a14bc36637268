//! The schemas of lists, and the parsing of filters, sort and fields.

use std::sync::Arc;

use super::{
    column::Column,
    limit::Limit,
    query::{Filter, ListQuery, Operator, Sort, identity},
};
use crate::{
    http::{Query, Request},
    problem::Problem,
};

/// The columns and parameters of a list.
#[derive(Debug)]
pub struct ListSchema {
    /// The name of the list. A cursor is valid only for this name.
    pub name: &'static str,
    pub columns: &'static [Column],
    /// A unique column that is never null. Every sort ends with it, and every projection has it.
    pub key: &'static Column,
    /// Parameters of this list, in addition to those of every list.
    pub parameters: &'static [&'static str],
}

/// The parameters of every list, in addition to its filters.
const PARAMETERS: [&str; 4] = ["limit", "cursor", "sort", "fields"];
const MAX_SORT_FIELDS: usize = 3;
/// The suffixes of filter parameters.
const OPERATORS: [(&str, Operator); 4] = [
    ("gte", Operator::AtLeast),
    ("gt", Operator::Above),
    ("lt", Operator::Below),
    ("lte", Operator::AtMost),
];

impl ListSchema {
    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The parameters of a request. For an unknown one, a 400 lists the known ones.
    pub fn parameters<'r>(&'static self, request: &'r Request) -> Result<Query<'r>, Problem> {
        request.query_where(|name| {
            if self.is_parameter(name) { Ok(()) } else { self.condition(name).map(drop) }
        })
    }

    /// The query of these parameters, without their cursor.
    pub(super) fn query(&'static self, parameters: Query<'_>) -> Result<ListQuery, Problem> {
        let filters = self.filters(parameters)?;
        let order = self.order(parameters.get::<String>("sort")?.as_deref())?;
        let fields = self.fields(parameters.get::<String>("fields")?.as_deref())?;
        let limit = parameters.get::<Limit>("limit")?.unwrap_or_default().get();
        let identity = identity(self.name, &filters, &order);
        Ok(ListQuery {
            identity,
            columns: self.columns,
            filters,
            order,
            fields,
            limit,
            after: None,
        })
    }

    /// True for the name of a parameter that is not a filter.
    pub fn is_parameter(&self, name: &str) -> bool {
        PARAMETERS.contains(&name) || self.parameters.contains(&name)
    }

    fn filters(&'static self, parameters: Query<'_>) -> Result<Vec<Filter>, Problem> {
        let mut filters = Vec::new();
        for (name, text) in parameters.iter().filter(|(name, _)| !self.is_parameter(name)) {
            if let Ok((column, operator)) = self.condition(name) {
                let value = column.kind.parse(text);
                let value =
                    value.map_err(|detail| Problem::invalid(name, "invalid_format", detail))?;
                filters.push(Filter { column, operator, value });
            }
        }
        Ok(filters)
    }

    /// Parses `field` or `field.op`; the error lists the accepted forms.
    fn condition(&'static self, name: &str) -> Result<(&'static Column, Operator), String> {
        let (field, suffix) =
            name.split_once('.').map_or((name, None), |(field, suffix)| (field, Some(suffix)));
        let column =
            self.column(field).filter(|column| column.filterable).ok_or_else(|| self.accepted())?;
        let Some(suffix) = suffix else { return Ok((column, Operator::Equal)) };
        let known = OPERATORS.iter().find(|(name, _)| *name == suffix && column.kind.is_ordered());
        known.map(|(_, operator)| (column, *operator)).ok_or_else(|| column.comparisons())
    }

    fn accepted(&self) -> String {
        let parameters: Vec<_> = PARAMETERS.iter().chain(self.parameters).copied().collect();
        let filters = self.names(|column| column.filterable);
        format!(
            "This route accepts these parameters: {}; and these filters: {filters}.",
            parameters.join(", ")
        )
    }

    /// The columns of `sort`. The key comes last, so no two items have the same position.
    fn order(&'static self, text: Option<&str>) -> Result<Vec<Sort>, Problem> {
        let mut order: Vec<Sort> = Vec::new();
        for name in text.into_iter().flat_map(|text| text.split(',')) {
            let sort = self.sort(name)?;
            if order.iter().any(|other| other.column.name == sort.column.name) {
                let detail = format!("{} may appear only once in sort.", sort.column.name);
                return Err(Problem::invalid("sort", "repeated", detail));
            }
            order.push(sort);
        }
        if order.len() > MAX_SORT_FIELDS {
            let detail = format!("sort takes at most {MAX_SORT_FIELDS} fields.");
            return Err(Problem::invalid("sort", "too_many", detail));
        }
        match order.iter().position(|sort| sort.column.name == self.key.name) {
            // The key is unique, so columns after it have no effect.
            Some(at) => order.truncate(at + 1),
            None => order.push(Sort { column: self.key, descending: false }),
        }
        Ok(order)
    }

    /// Parses `field` or `-field`.
    fn sort(&'static self, text: &str) -> Result<Sort, Problem> {
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let column = self.column(name).filter(|column| column.sortable).ok_or_else(|| {
            let known = self.names(|column| column.sortable);
            Problem::invalid(
                "sort",
                "unknown_field",
                format!("{name:?} is not sortable. Sortable fields: {known}."),
            )
        })?;
        Ok(Sort { column, descending })
    }

    /// The fields named in `fields`, and the key. `None` for all fields.
    fn fields(&'static self, text: Option<&str>) -> Result<Option<Arc<[&'static str]>>, Problem> {
        let Some(text) = text else { return Ok(None) };
        let mut fields = vec![self.key.name];
        for name in text.split(',') {
            let column = self.column(name).ok_or_else(|| {
                let detail =
                    format!("{name:?} is not a field. Known fields: {}.", self.names(|_| true));
                Problem::invalid("fields", "unknown_field", detail)
            })?;
            fields.push(column.name);
        }
        Ok(Some(fields.into()))
    }

    /// The names of the columns for which `which` is true, separated by commas.
    fn names(&self, which: impl Fn(&Column) -> bool) -> String {
        let names = self.columns.iter().filter(|column| which(column)).map(|column| column.name);
        names.collect::<Vec<_>>().join(", ")
    }
}
