//! What a store does with a selection, in memory.

#![expect(clippy::unwrap_used, reason = "a test without its data cannot go on")]

use std::cmp::Ordering;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::list::{Filter, Kind, Operator, Place, Selection, Sort};

/// The items that are selected, in their order.
pub fn select<T: Serialize + Clone>(items: &[T], selection: &Selection) -> Vec<T> {
    let mut found: Vec<(Place, &T)> = items
        .iter()
        .filter(|item| selection.filters.iter().all(|filter| meets(item, filter)))
        .map(|item| (place(item, &selection.order), item))
        .filter(|(place, _)| {
            selection.after.as_ref().is_none_or(|after| compare(&selection.order, place, after) == Ordering::Greater)
        })
        .collect();
    found.sort_by(|(one, _), (other, _)| compare(&selection.order, one, other));
    found.into_iter().take(selection.count).map(|(_, item)| item.clone()).collect()
}

/// The value of a field as it is written; none for null.
fn text(item: &impl Serialize, name: &str) -> Option<String> {
    let json = serde_json::to_string(item).unwrap();
    let fields: std::collections::HashMap<String, Box<RawValue>> = serde_json::from_str(&json).unwrap();
    match fields.get(name)?.get() {
        "null" => None,
        text => Some(serde_json::from_str(text).unwrap_or_else(|_| text.to_owned())),
    }
}

fn place(item: &impl Serialize, order: &[Sort]) -> Place {
    order.iter().map(|sort| text(item, sort.column.name)).collect()
}

fn meets(item: &impl Serialize, filter: &Filter) -> bool {
    let Some(value) = text(item, filter.column.name) else { return false };
    let order = compare_values(filter.column.kind, &value, &filter.value);
    match filter.operator {
        Operator::Equal => order.is_eq(),
        Operator::AtLeast => order.is_ge(),
        Operator::Above => order.is_gt(),
        Operator::Below => order.is_lt(),
        Operator::AtMost => order.is_le(),
    }
}

fn compare(order: &[Sort], one: &Place, other: &Place) -> Ordering {
    let columns = order.iter().zip(one.iter().zip(other));
    let orders = columns.map(|(sort, (one, other))| match (one, other) {
        (Some(one), Some(other)) => {
            let order = compare_values(sort.column.kind, one, other);
            if sort.descending { order.reverse() } else { order }
        }
        (one, other) => other.is_some().cmp(&one.is_some()),
    });
    orders.fold(Ordering::Equal, Ordering::then)
}

fn compare_values(kind: Kind, one: &str, other: &str) -> Ordering {
    match kind {
        Kind::Integer | Kind::Decimal | Kind::Number => {
            let number = |text: &str| text.parse::<f64>().unwrap();
            number(one).total_cmp(&number(other))
        }
        _ => one.cmp(other),
    }
}
