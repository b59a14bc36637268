//! The arguments of `screen_stocks`.

use std::collections::BTreeMap;

use market::METRICS;
use rmcp::schemars::{self, JsonSchema};
use serde::Deserialize;
use serde_json::Number;
use shared::problem::Problem;

use crate::call::Call;

/// Stocks by their metrics.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScreenStocks {
    /// Ticker symbols to look up; not together with filters, sort, limit or cursor.
    symbols: Option<Vec<String>>,
    /// Bounds by field and operator (gte, gt, lt, lte), e.g. `{"rsi_14.lt": 30, "as_of.gte":
    /// "2013-02-28"}`. A field without an operator must be equal.
    #[serde(default)]
    filters: BTreeMap<String, Bound>,
    /// Names to sort by, separated by commas, a minus before those that fall, e.g.
    /// `-return_21d,symbol`.
    sort: Option<String>,
    /// Names of the fields to answer with, e.g. `["symbol", "close", "rsi_14"]`; all when left
    /// out.
    fields: Option<Vec<String>>,
    /// How many stocks at most: 1 to 200; 50 when left out.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
    /// `next` of the previous response; all other arguments unchanged.
    cursor: Option<String>,
}

/// What a field is compared with.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Bound {
    Number(Number),
    Text(String),
}

impl ScreenStocks {
    /// Rejects filters that are named like other parameters of the route, which would take them for
    /// those.
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
    /// As in a query; a whole number without a point, however it was written.
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
