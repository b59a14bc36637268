//! `field=value`, `field.gte=`, `field.gt=`, `field.lt=` and `field.lte=`.

use crate::list::column::{Column, List, PARAMETERS};
use crate::{
    http::{Query, Request},
    problem::Problem,
};

/// How a column is compared with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Equal,
    AtLeast,
    Above,
    Below,
    AtMost,
}

/// As they stand behind a field's name.
const OPERATORS: [(&str, Operator); 4] =
    [("gte", Operator::AtLeast), ("gt", Operator::Above), ("lt", Operator::Below), ("lte", Operator::AtMost)];

/// A condition on the items of a list. An item whose column is null meets none.
#[derive(Debug, Clone)]
pub struct Filter {
    pub column: &'static Column,
    pub operator: Operator,
    /// In the one form its [`Kind`](super::Kind) has.
    pub value: String,
}

impl List {
    /// The parameters of a request for this list, when it has no other ones than the list knows.
    pub fn query<'r>(&'static self, request: &'r Request) -> Result<Query<'r>, Problem> {
        request.query_where(|name| if self.is_parameter(name) { Ok(()) } else { self.condition(name).map(drop) })
    }

    /// Whether this is the name of a parameter that is no filter.
    pub fn is_parameter(&self, name: &str) -> bool {
        PARAMETERS.contains(&name) || self.parameters.contains(&name)
    }

    /// The filters of a request, which has passed [`query`](Self::query).
    pub(super) fn filters(&'static self, query: Query<'_>) -> Result<Vec<Filter>, Problem> {
        let mut filters = Vec::new();
        for (name, text) in query.iter() {
            if let Ok((column, operator)) = self.condition(name) {
                let value =
                    column.kind.parse(text).map_err(|detail| Problem::invalid(name, "invalid_format", detail))?;
                filters.push(Filter { column, operator, value });
            }
        }
        Ok(filters)
    }

    /// What a parameter's name compares how; the error names what it could be.
    fn condition(&'static self, name: &str) -> Result<(&'static Column, Operator), String> {
        let (field, suffix) = name.split_once('.').map_or((name, None), |(field, suffix)| (field, Some(suffix)));
        let column = self.column(field).filter(|column| column.filterable).ok_or_else(|| self.knows())?;
        let Some(suffix) = suffix else { return Ok((column, Operator::Equal)) };
        let known = OPERATORS.iter().find(|(name, _)| *name == suffix && column.kind.is_ordered());
        known.map(|(_, operator)| (column, *operator)).ok_or_else(|| column.comparisons())
    }

    fn knows(&self) -> String {
        let parameters: Vec<_> = PARAMETERS.iter().chain(self.parameters).copied().collect();
        let filters = self.names(|column| column.filterable);
        format!("This route knows the parameters: {}; and filters by: {filters}.", parameters.join(", "))
    }
}

impl Column {
    /// How it is compared, for people.
    fn comparisons(&self) -> String {
        let name = self.name;
        if self.kind.is_ordered() {
            format!("{name} is compared by {name}=, {name}.gte=, {name}.gt=, {name}.lt= and {name}.lte=.")
        } else {
            format!("{name} is compared by {name}= only.")
        }
    }
}
