//! The values that a cursor holds for an item. Only the fakes also sort and filter by them; in
//! production, Postgres does that.

use shared::list::Sortable;

use crate::{Metric, Snapshot, StockSummary};

impl Sortable for Snapshot {
    fn sort_value(&self, column: &str) -> Option<String> {
        Some(match column {
            "symbol" => self.symbol.to_string(),
            "as_of" => self.as_of.to_string(),
            "name" => self.name.clone(),
            "exchange" => self.exchange.clone(),
            "kind" => self.kind.name().to_owned(),
            "close" => self.close.to_string(),
            "adj_close" => self.adj_close.to_string(),
            "volume" => return self.volume.map(|volume| volume.to_string()),
            "refreshed_at" => self.refreshed_at.to_string(),
            metric => return Some(self.metrics.get(Metric::named(metric)?)?.to_string()),
        })
    }
}

impl Sortable for StockSummary {
    fn sort_value(&self, column: &str) -> Option<String> {
        match column {
            "symbol" => Some(self.symbol.to_string()),
            "name" => Some(self.name.clone()),
            "exchange" => Some(self.exchange.clone()),
            "currency" => Some(self.currency.clone()),
            "kind" => Some(self.kind.name().to_owned()),
            "active" => Some(self.active.to_string()),
            "status" => Some(self.status.name().to_owned()),
            "has_error" => Some(self.has_error.to_string()),
            "first_day" => self.first_day.map(|day| day.to_string()),
            "as_of" => self.as_of.map(|day| day.to_string()),
            "refreshed_at" => self.refreshed_at.map(|at| at.to_string()),
            _ => None,
        }
    }
}
