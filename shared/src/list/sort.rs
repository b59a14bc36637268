//! `sort=-return_21d,symbol`.

use crate::list::column::{Column, List};
use crate::problem::Problem;

const MAX_FIELDS: usize = 3;

/// One column of an order. Items without a value come last, in both directions.
#[derive(Debug, Clone, Copy)]
pub struct Sort {
    pub column: &'static Column,
    pub descending: bool,
}

impl List {
    /// The order that a text asks for; it always ends with the key, so that no two items have the same place.
    pub(super) fn order(&'static self, text: Option<&str>) -> Result<Vec<Sort>, Problem> {
        let mut order: Vec<Sort> = Vec::new();
        for name in text.into_iter().flat_map(|text| text.split(',')) {
            let (name, descending) = name.strip_prefix('-').map_or((name, false), |name| (name, true));
            let column = self.column(name).filter(|column| column.sortable).ok_or_else(|| self.not_sortable(name))?;
            if order.iter().any(|sort| sort.column.name == name) {
                return Err(Problem::invalid("sort", "repeated", format!("{name} can be sorted by once only.")));
            }
            order.push(Sort { column, descending });
        }
        if order.len() > MAX_FIELDS {
            return Err(Problem::invalid(
                "sort",
                "too_many",
                format!("A list is sorted by {MAX_FIELDS} fields at most."),
            ));
        }
        match order.iter().position(|sort| sort.column.name == self.key.name) {
            // Nor has what stands behind the key.
            Some(at) => order.truncate(at + 1),
            None => order.push(Sort { column: self.key, descending: false }),
        }
        Ok(order)
    }

    fn not_sortable(&self, name: &str) -> Problem {
        let known = self.names(|column| column.sortable);
        Problem::invalid("sort", "unknown_field", format!("{name:?} is not sortable. Sortable fields: {known}."))
    }
}
