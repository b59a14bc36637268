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
    /// Conditions, all of which a stock must meet: a field with an operator (gte, gt, lt, lte), an
    /// equals sign and the bound, e.g. `["rsi_14.lt=30", "as_of.gte=2013-02-28"]`. A field without
    /// an operator must equal the value.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    filters: Filters,
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

/// Conditions as texts, or by field: `{"rsi_14.lt": 30}`. The schema has the texts only, because
/// not every model can be given an object without known fields.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Filters {
    Texts(Vec<String>),
    ByField(BTreeMap<String, Option<Bound>>),
}

impl Default for Filters {
    fn default() -> Self {
        Self::Texts(Vec::new())
    }
}

/// The value that a field is compared with.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Bound {
    Number(Number),
    Text(String),
}

impl ScreenStocks {
    /// Rejects a filter without a bound, and one named like another parameter of the route, which
    /// would be read as that parameter.
    pub(super) fn checked(self) -> Result<Self, Problem> {
        for (name, bound) in self.filters.pairs() {
            let field = format!("filters.{name}");
            if METRICS.is_parameter(&name) {
                let detail = "This field cannot be filtered.";
                return Err(Problem::invalid(field, "unknown", detail));
            }
            // The route would count an empty parameter as left out.
            if bound.is_empty() {
                let detail = "A condition has a field and a bound, e.g. rsi_14.lt=30.";
                return Err(Problem::invalid(field, "invalid_format", detail));
            }
        }
        Ok(self)
    }

    pub(super) fn call(self) -> Call {
        let listed = [("symbols", self.symbols), ("fields", self.fields)];
        let listed =
            listed.into_iter().filter_map(|(name, values)| Some((name, values?.join(","))));
        let limit = self.limit.map(|limit| limit.to_string());
        let single = [("sort", self.sort), ("limit", limit), ("cursor", self.cursor)];
        let single = single.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let named = listed.chain(single).map(|(name, value)| (name.to_owned(), value));
        Call {
            path: "/v1/metrics".to_owned(),
            query: named.chain(self.filters.pairs()).collect(),
            ..Call::default()
        }
    }
}

impl Filters {
    /// Fields and bounds.
    fn pairs(&self) -> Vec<(String, String)> {
        match self {
            Self::Texts(texts) => {
                let conditions = texts.iter().map(|text| condition(text));
                conditions.map(|(name, bound)| (name.to_owned(), bound.to_owned())).collect()
            }
            Self::ByField(bounds) => {
                let bounds =
                    bounds.iter().filter_map(|(name, bound)| Some((name, bound.as_ref()?)));
                bounds.map(|(name, bound)| (name.clone(), bound.text())).collect()
            }
        }
    }
}

/// The bound is empty without an equals sign.
fn condition(text: &str) -> (&str, &str) {
    let (name, bound) = text.split_once('=').unwrap_or((text, ""));
    (name.trim(), bound.trim())
}

impl Bound {
    /// The value as in a query; a whole number has no decimal point: 30.0 becomes 30.
    fn text(&self) -> String {
        match self {
            Self::Number(number) => match number.as_f64() {
                Some(float) if number.is_f64() && float.fract() == 0.0 => format!("{float:.0}"),
                _ => number.to_string(),
            },
            Self::Text(text) => text.clone(),
        }
    }
}
