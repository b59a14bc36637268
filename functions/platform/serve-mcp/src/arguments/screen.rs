//! The arguments of `screen_stocks`.

use std::collections::BTreeMap;

use market::METRICS;
use rmcp::schemars::{self, JsonSchema};
use serde::Deserialize;
use serde_json::Number;
use shared::problem::Problem;

use crate::call::Call;

/// Stocks that match filters on their metrics, or stocks by symbol.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScreenStocks {
    /// Ticker symbols to look up, at most 200; can be combined with fields only.
    symbols: Option<Vec<String>>,
    /// Conditions, all of which a stock must meet. The key is a field with an operator (gte, gt,
    /// lt, lte) and the value is its bound,
    /// e.g. `{"rsi_14.lt": 30, "as_of.gte": "2013-02-28"}`. A field without an operator must equal
    /// the value.
    #[serde(default)]
    filters: BTreeMap<String, Bound>,
    /// Up to three fields, separated by commas, with a leading minus for descending order, e.g.
    /// `-return_21d,symbol`; by symbol when omitted.
    sort: Option<String>,
    /// Fields to return, e.g. `["symbol", "close", "rsi_14"]`; all when omitted.
    fields: Option<Vec<String>>,
    /// Maximum number of stocks, 1 to 200; 50 when omitted.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
    /// `next` of the previous response, with all other arguments unchanged.
    cursor: Option<String>,
}

/// The value that a field is compared with.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Bound {
    Number(Number),
    Text(String),
}

impl ScreenStocks {
    /// Rejects a filter named like another parameter of the route, which would be read as that
    /// parameter.
    pub(super) fn checked(self) -> Result<Self, Problem> {
        match self.filters.keys().find(|name| METRICS.is_parameter(name)) {
            Some(name) => Err(Problem::invalid(
                format!("filters.{name}"),
                "unknown",
                "This field cannot be filtered.",
            )),
            None => Ok(self),
        }
    }

    pub(super) fn call(self) -> Call {
        let listed = [("symbols", self.symbols), ("fields", self.fields)];
        let listed =
            listed.into_iter().filter_map(|(name, values)| Some((name, values?.join(","))));
        let limit = self.limit.map(|limit| limit.to_string());
        let single = [("sort", self.sort), ("limit", limit), ("cursor", self.cursor)];
        let single = single.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let named = listed.chain(single).map(|(name, value)| (name.to_owned(), value));
        let bounds = self.filters.into_iter().map(|(name, bound)| (name, bound.text()));
        Call {
            path: "/v1/metrics".to_owned(),
            query: named.chain(bounds).collect(),
            ..Call::default()
        }
    }
}

impl Bound {
    /// The value as in a query; a whole number has no decimal point: 30.0 becomes 30.
    fn text(self) -> String {
        match self {
            Self::Number(number) => match number.as_f64() {
                Some(float) if number.is_f64() && float.fract() == 0.0 => format!("{float:.0}"),
                _ => number.to_string(),
            },
            Self::Text(text) => text,
        }
    }
}
