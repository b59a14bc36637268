//! Pages of market data.

use http::{HeaderName, HeaderValue};
use serde::Serialize;

use crate::BatchItem;
use crate::{Dated, Dates};
use shared::list::{Page, Projection};

/// A page with the earliest `as_of` and `refreshed_at` of its items.
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

impl<T: Dated> Dated for Projection<T> {
    fn dates(&self) -> Dates {
        self.item().dates()
    }
}

impl<T: Dated> Dated for BatchItem<T> {
    fn dates(&self) -> Dates {
        match self {
            Self::Found(item) => item.dates(),
            Self::Missing { .. } => Dates::default(),
        }
    }
}

/// The last trading day in the data.
const AS_OF: HeaderName = HeaderName::from_static("as-of");
/// The instant at which the bars were last read from the provider.
const REFRESHED_AT: HeaderName = HeaderName::from_static("refreshed-at");

/// The headers `As-Of` and `Refreshed-At`. Files have them, as their bodies have no fields for
/// dates.
pub fn dates_as_headers(dates: Dates) -> Vec<(HeaderName, HeaderValue)> {
    let as_of = dates.as_of.map(|day| (AS_OF, day.to_string()));
    let refreshed_at = dates.refreshed_at.map(|at| (REFRESHED_AT, at.to_string()));
    let known = as_of.into_iter().chain(refreshed_at);
    known.filter_map(|(name, value)| Some((name, HeaderValue::try_from(value).ok()?))).collect()
}
