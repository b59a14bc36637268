//! A batch of symbols.

use std::str::FromStr;

use serde::Serialize;

use shared::{
    list::{ListQuery, Page, Projection},
    problem::Problem,
};

use super::problems::no_metrics;
use crate::{Snapshot, Symbol, SymbolError};

/// Symbols separated by commas: 1 to 200, in the given order. Repeated symbols are dropped.
#[derive(Debug, PartialEq, Eq)]
pub struct Symbols(Vec<Symbol>);

/// Why a text is not a list of symbols.
#[derive(Debug, thiserror::Error)]
pub enum InvalidSymbols {
    #[error("{0:?}: {1}")]
    Symbol(String, SymbolError),
    #[error("at most {} symbols per request", Symbols::MAX)]
    TooMany,
}

impl Symbols {
    pub const MAX: usize = 200;

    pub fn as_slice(&self) -> &[Symbol] {
        &self.0
    }

    /// The symbols without a snapshot.
    pub fn missing(&self, found: &[Snapshot]) -> Vec<Symbol> {
        let symbols = self.0.iter();
        symbols.filter(|symbol| find(found, symbol).is_none()).cloned().collect()
    }

    /// A page with an item for each symbol: its snapshot, or the problem [`no_metrics`].
    pub fn page(
        self,
        found: &[Snapshot],
        known: &[Symbol],
        query: &ListQuery,
    ) -> Page<BatchItem<Snapshot>> {
        let items = self.0.into_iter().map(|symbol| {
            let Some(snapshot) = find(found, &symbol) else {
                let error = no_metrics(&symbol, known);
                return BatchItem::Missing { symbol, error };
            };
            BatchItem::Found(query.project(snapshot.clone()))
        });
        Page::whole(items.collect())
    }
}

fn find<'s>(found: &'s [Snapshot], symbol: &Symbol) -> Option<&'s Snapshot> {
    found.iter().find(|snapshot| snapshot.symbol == *symbol)
}

impl FromStr for Symbols {
    type Err = InvalidSymbols;

    fn from_str(text: &str) -> Result<Self, InvalidSymbols> {
        let mut symbols = Vec::new();
        for name in text.split(',') {
            let symbol =
                name.parse().map_err(|error| InvalidSymbols::Symbol(name.to_owned(), error))?;
            if !symbols.contains(&symbol) {
                symbols.push(symbol);
            }
        }
        if symbols.len() > Self::MAX { Err(InvalidSymbols::TooMany) } else { Ok(Self(symbols)) }
    }
}

/// The item of one symbol, or a problem instead of it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum BatchItem<T> {
    Found(Projection<T>),
    Missing { symbol: Symbol, error: Problem },
}
