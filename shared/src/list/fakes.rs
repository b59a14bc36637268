//! List queries on items in memory.

use std::cmp::Ordering;

use super::{Filter, ListQuery, Operator, Position, Sort, Sortable};

/// The items that a query selects, sorted by it.
pub fn select<T: Sortable + Clone>(items: &[T], query: &ListQuery) -> Vec<T> {
    let mut found: Vec<(Position, &T)> = items
        .iter()
        .filter(|item| query.filters.iter().all(|filter| meets(*item, filter)))
        .map(|item| (position(item, &query.order), item))
        .filter(|(position, _)| {
            query
                .after
                .as_ref()
                .is_none_or(|after| compare(&query.order, position, after) == Ordering::Greater)
        })
        .collect();
    found.sort_by(|(one, _), (other, _)| compare(&query.order, one, other));
    found.into_iter().take(query.read_limit()).map(|(_, item)| item.clone()).collect()
}

fn position(item: &impl Sortable, order: &[Sort]) -> Position {
    order.iter().map(|sort| item.sort_value(sort.column.name)).collect()
}

fn meets(item: &impl Sortable, filter: &Filter) -> bool {
    let Some(value) = item.sort_value(filter.column.name) else { return false };
    let order = compare_values(&value, &filter.value);
    match filter.operator {
        Operator::Equal => order.is_eq(),
        Operator::AtLeast => order.is_ge(),
        Operator::Above => order.is_gt(),
        Operator::Below => order.is_lt(),
        Operator::AtMost => order.is_le(),
    }
}

fn compare(order: &[Sort], one: &Position, other: &Position) -> Ordering {
    let columns = order.iter().zip(one.iter().zip(other));
    let orders = columns.map(|(sort, (one, other))| match (one, other) {
        (Some(one), Some(other)) => {
            let order = compare_values(one, other);
            if sort.descending { order.reverse() } else { order }
        }
        (one, other) => other.is_some().cmp(&one.is_some()),
    });
    orders.fold(Ordering::Equal, Ordering::then)
}

fn compare_values(one: &str, other: &str) -> Ordering {
    match (one.parse::<f64>(), other.parse()) {
        (Ok(one), Ok(other)) => one.total_cmp(&other),
        _ => one.cmp(other),
    }
}
