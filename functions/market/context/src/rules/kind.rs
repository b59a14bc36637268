//! The kinds of stocks.

use serde::{Deserialize, Serialize};

/// What kind of stock it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StockKind {
    /// A share of a company.
    Stock,
    /// An index, such as the S&P 500.
    Index,
    /// An exchange-traded fund.
    Etf,
}

impl StockKind {
    pub const ALL: [Self; 3] = [Self::Stock, Self::Index, Self::Etf];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Stock => "stock",
            Self::Index => "index",
            Self::Etf => "etf",
        }
    }
}
