//! Pages of market data.

use serde::Serialize;

use super::{Outcome, Page, Selected};
use crate::domain::market::{Dated, Dates};

/// A page that says how far its data go: of its items the earliest `as_of` and `refreshed_at`.
#[derive(Debug, Serialize)]
pub struct DatedPage<T> {
    #[serde(flatten)]
    pub page: Page<T>,
    #[serde(flatten)]
    pub dates: Dates,
}

impl<T: Dated> From<Page<T>> for DatedPage<T> {
    fn from(page: Page<T>) -> Self {
        let dates = Dates::earliest(page.items.iter().map(T::dates));
        Self { page, dates }
    }
}

impl<T: Dated> Dated for Selected<T> {
    fn dates(&self) -> Dates {
        self.whole().dates()
    }
}

impl<T: Dated> Dated for Outcome<T> {
    fn dates(&self) -> Dates {
        match self {
            Self::Found(item) => item.dates(),
            Self::Missing { .. } => Dates::default(),
        }
    }
}
