//! What the tools are told, and the requests this becomes. Values are checked by the routes.

use std::collections::BTreeMap;

use http::Method;
use rmcp::schemars::{self, JsonSchema};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Number, Value, json};
use shared::{
    http::{Call, parse_json},
    problem::Problem,
};

use crate::routes::Route;

/// The latest metrics of one stock.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetMetrics {
    /// Ticker symbol, e.g. AAPL.
    symbol: String,
}

/// Stocks by their metrics.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScreenStocks {
    /// Ticker symbols to look up; not together with filters, sort, limit or cursor.
    symbols: Option<Vec<String>>,
    /// Bounds by metric and operator (gte, gt, lt, lte), e.g. `{"rsi_14.lt": 30, "volatility_21d.lte": 0.4}`. A metric without an
    /// operator must be equal.
    #[serde(default)]
    filters: BTreeMap<String, Number>,
    /// Names to sort by, separated by commas, a minus before those that fall, e.g. `-return_21d,symbol`.
    sort: Option<String>,
    /// Names of the fields to answer with, e.g. `["symbol", "close", "rsi_14"]`; all when left out.
    fields: Option<Vec<String>>,
    /// How many stocks at most: 1 to 200.
    limit: Option<u32>,
    /// `next` of the answer before, with everything else as it was then.
    cursor: Option<String>,
}

/// Prices and metrics over time.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetHistory {
    /// Ticker symbol, e.g. AAPL.
    #[serde(skip_serializing)]
    symbol: String,
    /// First trading day, e.g. 2013-02-01.
    from: Option<String>,
    /// Last trading day.
    to: Option<String>,
    /// day, week or month; day when left out.
    interval: Option<String>,
    /// Whether open, high, low and close are adjusted for splits and dividends.
    adjusted: Option<bool>,
    /// Names of metrics, e.g. `["rsi_14"]`; all when left out.
    metrics: Option<Vec<String>>,
    /// How many rows at most.
    limit: Option<u32>,
    /// `next` of the answer before, with everything else as it was then.
    cursor: Option<String>,
}

/// A picture of a stock.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetChart {
    /// Ticker symbol, e.g. AAPL.
    #[serde(skip_serializing)]
    symbol: String,
    /// png for an image, svg for its text; png when left out.
    #[serde(default, skip_serializing)]
    format: Format,
    /// 1m, 3m, 6m, 1y, 2y, 5y or max, back from the last day; 1y when left out.
    range: Option<String>,
    /// light or dark.
    theme: Option<String>,
    /// Pixels: 320 to 1600.
    width: Option<u32>,
    /// Pixels: 240 to 1200.
    height: Option<u32>,
    /// What is below the price: rsi and volume, or none.
    panels: Option<Vec<String>>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Format {
    #[default]
    Png,
    Svg,
}

/// A request for an analysis.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequestAnalysis {
    /// Ticker symbol, e.g. AAPL.
    symbol: String,
    /// Which workflow; stock-analysis when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    workflow: Option<String>,
    /// What the workflow is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<Map<String, Value>>,
}

/// What one of the tools is told.
#[derive(Debug)]
pub(crate) enum Arguments {
    GetMetrics(GetMetrics),
    ScreenStocks(ScreenStocks),
    GetHistory(GetHistory),
    GetChart(GetChart),
    RequestAnalysis(RequestAnalysis),
}

impl Arguments {
    /// `None` for an unknown tool; a 422 that names the field for arguments of another shape.
    pub(crate) fn parse(tool: &str, given: Map<String, Value>) -> Option<Result<Self, Problem>> {
        Some(match tool {
            "get_metrics" => parsed(given).map(Self::GetMetrics),
            "screen_stocks" => parsed(given).map(Self::ScreenStocks),
            "get_history" => parsed(given).map(Self::GetHistory),
            "get_chart" => parsed(given).map(Self::GetChart),
            "request_analysis" => parsed(given).map(Self::RequestAnalysis),
            _ => return None,
        })
    }

    /// The request to the route.
    pub(crate) fn call(self) -> (Route, Call) {
        match self {
            Self::GetMetrics(GetMetrics { symbol }) => (Route::GetMetrics, of_stock(symbol, "metrics")),
            Self::ScreenStocks(wanted) => (Route::ListMetrics, wanted.call()),
            Self::GetHistory(wanted) => {
                let query = query(&wanted);
                (Route::GetMetricHistory, Call { query, ..of_stock(wanted.symbol, "history") })
            }
            Self::GetChart(wanted) => {
                let query = query(&wanted);
                let picture = match wanted.format {
                    Format::Png => "chart.png",
                    Format::Svg => "chart.svg",
                };
                (Route::GetChart, Call { query, ..of_stock(wanted.symbol, picture) })
            }
            Self::RequestAnalysis(wanted) => {
                let body = Some(json!(wanted).to_string());
                let path = "/v1/analyses".to_owned();
                (Route::CreateAnalysis, Call { method: Method::POST, path, body, ..Call::default() })
            }
        }
    }
}

impl ScreenStocks {
    fn call(self) -> Call {
        let listed = [("symbols", self.symbols), ("fields", self.fields)];
        let listed = listed.into_iter().filter_map(|(name, values)| Some((name, values?.join(","))));
        let limit = self.limit.map(|limit| limit.to_string());
        let single = [("sort", self.sort), ("limit", limit), ("cursor", self.cursor)];
        let single = single.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let named = listed.chain(single).map(|(name, value)| (name.to_owned(), value));
        let bounds = self.filters.into_iter().map(|(name, bound)| (name, bound.to_string()));
        Call { path: "/v1/metrics".to_owned(), query: named.chain(bounds).collect(), ..Call::default() }
    }
}

fn parsed<T: DeserializeOwned>(given: Map<String, Value>) -> Result<T, Problem> {
    parse_json(Value::Object(given).to_string().as_bytes())
}

/// `GET /v1/stocks/{symbol}/...`
fn of_stock(symbol: String, resource: &str) -> Call {
    let path = format!("/v1/stocks/{symbol}/{resource}");
    Call { path, parameters: vec![("symbol".to_owned(), symbol)], ..Call::default() }
}

/// The fields that were given, as a query; a list is separated by commas.
fn query(arguments: &impl Serialize) -> Vec<(String, String)> {
    let text = |value: Value| match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        Value::Array(items) => Some(items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",")),
        other => Some(other.to_string()),
    };
    let fields = match json!(arguments) {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    fields.into_iter().filter_map(|(name, value)| Some((name, text(value)?))).collect()
}
