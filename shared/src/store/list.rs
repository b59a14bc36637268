//! Turns a [`ListQuery`] into a query of `PostgREST`.
//!
//! Column names are constants. A value is quoted inside a logical condition, but not after the
//! operator of a simple filter.

use postgrest::Builder;

use super::rest::quoted;
use crate::list::{ListQuery, Operator, Sort};

/// The query of one page: filtered, sorted, and starting after the position of the cursor.
pub fn page_query(builder: Builder, query: &ListQuery) -> Builder {
    let order: Vec<String> = query.order.iter().map(order).collect();
    let builder = filtered(builder, query, None).order(order.join(","));
    match &query.after {
        Some(position) => after(builder, &query.order, position),
        None => builder,
    }
}

/// Adds filters, columns and limit, but no sort. `extra` is one more column to read.
pub fn filtered(builder: Builder, query: &ListQuery, extra: Option<&'static str>) -> Builder {
    let columns: Vec<&str> = query.columns().chain(extra).collect();
    let builder = builder.select(columns.join(",")).limit(query.read_limit());
    query.filters.iter().fold(builder, |builder, filter| {
        let (name, value) = (filter.column.name, &filter.value);
        match filter.operator {
            Operator::Equal => builder.eq(name, value),
            Operator::AtLeast => builder.gte(name, value),
            Operator::Above => builder.gt(name, value),
            Operator::Below => builder.lt(name, value),
            Operator::AtMost => builder.lte(name, value),
        }
    })
}

fn order(sort: &Sort) -> String {
    let direction = if sort.descending { "desc" } else { "asc" };
    format!("{}.{direction}.nullslast", sort.column.name)
}

/// Keyset predicate: the first column is after the position; or it is equal and the second column
/// is after the position; and so on.
fn after(builder: Builder, order: &[Sort], position: &[Option<String>]) -> Builder {
    let (mut equal, mut alternatives) = (Vec::new(), Vec::new());
    for (sort, value) in order.iter().zip(position) {
        for condition in beyond(sort, value.as_deref(), "gt", "lt") {
            alternatives.push(all(&equal, condition));
        }
        equal.push(match value {
            Some(value) => format!("{}.eq.{}", sort.column.name, quoted(value)),
            None => format!("{}.is.null", sort.column.name),
        });
    }
    let builder = builder.or(alternatives.join(","));
    let Some((first, value)) = order.first().zip(position.first()) else { return builder };
    // This condition follows from the one above, but the planner does not infer it. With it, an
    // index scan starts at the position.
    match beyond(first, value.as_deref(), "gte", "lte").as_slice() {
        [] => builder.is(first.column.name, "null"),
        range => builder.or(range.join(",")),
    }
}

/// The conditions for values after `value` in one column. The operator depends on the direction.
/// Nothing comes after null.
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
