//! Things asked for by name, all at once.

use std::str::FromStr;

use serde::Serialize;

use crate::{Symbol, SymbolError};
use shared::list::{Page, Selected};
use shared::{
    http::Request,
    problem::{Embedded, Problem},
};

/// Symbols separated by commas: 1 to 200, each once, in the order they were given.
#[derive(Debug, PartialEq, Eq)]
pub struct Symbols(Vec<Symbol>);

/// Why a text names no symbols.
#[derive(Debug, thiserror::Error)]
pub enum InvalidSymbols {
    #[error("{0:?}: {1}")]
    Symbol(String, SymbolError),
    #[error("at most {} symbols can be asked for at once", Symbols::MAX)]
    TooMany,
}

impl Symbols {
    pub const MAX: usize = 200;

    pub fn as_slice(&self) -> &[Symbol] {
        &self.0
    }

    /// What became of each symbol: the item that `find` has, or that there is no such stock.
    pub fn answer<T>(
        self,
        request: &Request,
        mut find: impl FnMut(&Symbol) -> Option<Selected<T>>,
    ) -> Page<Outcome<T>> {
        let outcome = |symbol: Symbol| match find(&symbol) {
            Some(item) => Outcome::Found(item),
            None => Outcome::Missing { symbol, error: Problem::stock_not_found().embedded(request.id()) },
        };
        Page::whole(self.0.into_iter().map(outcome).collect())
    }
}

impl FromStr for Symbols {
    type Err = InvalidSymbols;

    fn from_str(text: &str) -> Result<Self, InvalidSymbols> {
        let mut symbols = Vec::new();
        for name in text.split(',') {
            let symbol = name.parse().map_err(|error| InvalidSymbols::Symbol(name.to_owned(), error))?;
            if !symbols.contains(&symbol) {
                symbols.push(symbol);
            }
        }
        if symbols.len() > Self::MAX { Err(InvalidSymbols::TooMany) } else { Ok(Self(symbols)) }
    }
}

/// The item of one symbol, or why there is none.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Outcome<T> {
    Found(Selected<T>),
    Missing { symbol: Symbol, error: Embedded },
}
