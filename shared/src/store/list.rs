//! A [`Selection`] in the words of `PostgREST`.
//!
//! Names of columns are constants. A value that stands alone behind its operator is taken as it is; inside a logical
//! condition it is quoted.

use postgrest::Builder;

use crate::list::{Operator, Selection, Sort};
use crate::store::rest::quoted;

/// The query for what is selected, in its order.
pub fn select(query: Builder, selection: &Selection) -> Builder {
    let order: Vec<String> = selection.order.iter().map(order).collect();
    let query = narrow(query, selection, None).order(order.join(","));
    match &selection.after {
        Some(place) => behind(query, &selection.order, place),
        None => query,
    }
}

/// The query for the filters, the columns and the count, in no order. `further` is read without being asked for.
pub fn narrow(query: Builder, selection: &Selection, further: Option<&'static str>) -> Builder {
    let columns: Vec<&str> = selection.columns().chain(further).collect();
    let query = query.select(columns.join(",")).limit(selection.count);
    selection.filters.iter().fold(query, |query, filter| {
        let (name, value) = (filter.column.name, &filter.value);
        match filter.operator {
            Operator::Equal => query.eq(name, value),
            Operator::AtLeast => query.gte(name, value),
            Operator::Above => query.gt(name, value),
            Operator::Below => query.lt(name, value),
            Operator::AtMost => query.lte(name, value),
        }
    })
}

fn order(sort: &Sort) -> String {
    let direction = if sort.descending { "desc" } else { "asc" };
    format!("{}.{direction}.nullslast", sort.column.name)
}

/// The query for what stands behind a place: further on in the first column, or equal there and further on in the next, ...
fn behind(query: Builder, order: &[Sort], place: &[Option<String>]) -> Builder {
    let (mut equal, mut further) = (Vec::new(), Vec::new());
    for (sort, value) in order.iter().zip(place) {
        for condition in beyond(sort, value.as_deref(), "gt", "lt") {
            further.push(all(&equal, condition));
        }
        equal.push(match value {
            Some(value) => format!("{}.eq.{}", sort.column.name, quoted(value)),
            None => format!("{}.is.null", sort.column.name),
        });
    }
    let query = query.or(further.join(","));
    let Some((first, value)) = order.first().zip(place.first()) else { return query };
    // It follows from the condition above, from which no planner concludes it: an index can begin at the place.
    match beyond(first, value.as_deref(), "gte", "lte").as_slice() {
        [] => query.is(first.column.name, "null"),
        range => query.or(range.join(",")),
    }
}

/// What stands behind `value` in one column, by the operator of its direction: nothing stands behind null.
fn beyond(sort: &Sort, value: Option<&str>, ascending: &str, descending: &str) -> Vec<String> {
    let Some(value) = value else { return Vec::new() };
    let operator = if sort.descending { descending } else { ascending };
    let range = format!("{}.{operator}.{}", sort.column.name, quoted(value));
    let nulls = sort.column.nullable.then(|| format!("{}.is.null", sort.column.name));
    [range].into_iter().chain(nulls).collect()
}

fn all(conditions: &[String], last: String) -> String {
    if conditions.is_empty() { last } else { format!("and({},{last})", conditions.join(",")) }
}
