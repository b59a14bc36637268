//! A column of a list.

use super::kind::Kind;

/// A field of a list's items.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "the properties are independent")]
pub struct Column {
    /// The name in JSON, in the store and in queries.
    pub name: &'static str,
    pub kind: Kind,
    /// True when `name=value` is a filter. If values are ordered, `name.gte=`, `name.gt=`,
    /// `name.lt=` and `name.lte=` are filters too.
    pub filterable: bool,
    pub sortable: bool,
    /// True when the value may be null.
    pub nullable: bool,
    /// True when the column is read only if `fields` is absent or names it, or if `sort` names it.
    pub optional: bool,
}

impl Column {
    /// A column without filters and sorting.
    pub const fn shown(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, filterable: false, sortable: false, nullable: false, optional: false }
    }

    /// Allows filters on the column.
    #[must_use]
    pub const fn filterable(self) -> Self {
        Self { filterable: true, ..self }
    }

    /// Allows sorting by the column.
    #[must_use]
    pub const fn sortable(self) -> Self {
        Self { sortable: true, ..self }
    }

    /// Allows null.
    #[must_use]
    pub const fn nullable(self) -> Self {
        Self { nullable: true, ..self }
    }

    /// Reads the column only on request; see the field `optional`.
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
