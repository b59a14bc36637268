//! A column of a list.

use super::kind::Kind;

/// A field of a list's items.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "the properties are independent")]
pub struct Column {
    /// As in JSON, in the store and in queries.
    pub name: &'static str,
    pub kind: Kind,
    /// Whether `name=value` is a filter, and `name.gte=` and its kind where values have an order.
    pub filterable: bool,
    pub sortable: bool,
    /// Whether it may have no value.
    pub nullable: bool,
    /// Whether it is left out of a read when `fields` does not name it.
    pub optional: bool,
}

impl Column {
    /// A column that is neither filtered nor sorted by.
    pub const fn shown(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, filterable: false, sortable: false, nullable: false, optional: false }
    }

    /// May be filtered by.
    #[must_use]
    pub const fn filterable(self) -> Self {
        Self { filterable: true, ..self }
    }

    /// May be sorted by.
    #[must_use]
    pub const fn sortable(self) -> Self {
        Self { sortable: true, ..self }
    }

    /// May be null.
    #[must_use]
    pub const fn nullable(self) -> Self {
        Self { nullable: true, ..self }
    }

    /// Read only when `fields` names it or there is no `fields`.
    #[must_use]
    pub const fn optional(self) -> Self {
        Self { optional: true, ..self }
    }
}

impl Column {
    /// The accepted comparisons, as a sentence.
    pub(super) fn comparisons(&self) -> String {
        let name = self.name;
        if self.kind.is_ordered() {
            let compared = ["gte", "gt", "lt"].map(|operator| format!("{name}.{operator}="));
            format!("{name} takes the filters {name}=, {} and {name}.lte=.", compared.join(", "))
        } else {
            format!("{name} takes the filter {name}= only.")
        }
    }
}
