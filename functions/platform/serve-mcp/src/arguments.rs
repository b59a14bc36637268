//! The arguments of the tools, and the requests made from them. The routes check the values.

mod chart;
mod screen;

use std::collections::BTreeMap;

use http::Method;
use rmcp::schemars::{self, JsonSchema};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, Error},
};
use serde_json::{Map, Value, json, value::RawValue};
use shared::{http::parse_json, problem::Problem};

pub(crate) use chart::GetChart;
pub(crate) use screen::ScreenStocks;

use crate::{call::Call, routes::Name};

/// A result has its rows twice, as text and as JSON, and both must fit into one response of
/// Lambda.
const MAX_ROWS: u32 = 500;

/// The latest metrics of one stock.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetMetrics {
    /// Ticker symbol, e.g. AAPL.
    symbol: String,
}

/// Prices and metrics of one stock over time.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetHistory {
    /// Ticker symbol, e.g. AAPL.
    #[serde(skip_serializing)]
    symbol: String,
    /// First day, inclusive, e.g. 2013-02-01; the stock's first when omitted.
    from: Option<String>,
    /// Last day, inclusive, e.g. 2013-02-28; the stock's last when omitted.
    to: Option<String>,
    /// Period of a row: day, week or month; day when omitted.
    interval: Option<String>,
    /// True adjusts open, high, low and close for splits and dividends; false when omitted.
    adjusted: Option<bool>,
    /// Names of metrics, e.g. `["rsi_14"]`, or `["none"]` for prices only; all when omitted.
    metrics: Option<Vec<String>>,
    /// day for oldest first, -day for newest first; day when omitted.
    sort: Option<String>,
    /// Maximum number of rows, 1 to 500; 50 when omitted.
    #[schemars(range(min = 1, max = 500))]
    limit: Option<u32>,
    /// `next` of the previous response, with all other arguments unchanged.
    cursor: Option<String>,
}

/// A request for an analysis.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequestAnalysis {
    /// Ticker symbol, e.g. AAPL.
    symbol: String,
    /// Name of the workflow; stock-analysis when omitted.
    #[serde(skip_serializing_if = "Option::is_none")]
    workflow: Option<String>,
    /// Parameters of the workflow: the text of a JSON object, e.g. `{"horizon_days": 30}`; empty
    /// when omitted.
    #[serde(default, deserialize_with = "json_or_text", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    parameters: Option<Box<RawValue>>,
}

/// Not every model can be given an object without known fields, so the schema has its text.
fn json_or_text<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Box<RawValue>>, D::Error> {
    let given = Box::<RawValue>::deserialize(deserializer)?;
    let json = match serde_json::from_str(given.get()) {
        Ok(text) => RawValue::from_string(text).map_err(D::Error::custom)?,
        Err(_) => given,
    };
    if json.get().starts_with('{') {
        Ok(Some(json))
    } else {
        Err(D::Error::custom("expected a JSON object or its text"))
    }
}

/// An analysis of the user.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetAnalysis {
    /// `id` in the response of `request_analysis`.
    #[serde(skip_serializing)]
    id: String,
    /// Returns the events after the one with this version; all when omitted.
    #[schemars(range(min = 0))]
    after: Option<u32>,
}

/// The arguments of one tool.
#[derive(Debug)]
pub(crate) enum Arguments {
    GetMetrics(GetMetrics),
    ScreenStocks(ScreenStocks),
    GetHistory(GetHistory),
    GetChart(GetChart),
    RequestAnalysis(RequestAnalysis),
    GetAnalysis(GetAnalysis),
}

impl Arguments {
    /// `None` for an unknown tool. Arguments that do not match the schema are a 422 that names the
    /// field; a filter named like another parameter is a 400.
    pub(crate) fn parse(tool: &str, given: &Given) -> Option<Result<Self, Problem>> {
        Some(match tool {
            "get_metrics" => parsed(given).map(Self::GetMetrics),
            "screen_stocks" => {
                parsed(given).and_then(ScreenStocks::checked).map(Self::ScreenStocks)
            }
            "get_history" => parsed(given).map(Self::GetHistory),
            "get_chart" => parsed(given).map(Self::GetChart),
            "request_analysis" => parsed(given).map(Self::RequestAnalysis),
            "get_analysis" => parsed(given).map(Self::GetAnalysis),
            _ => return None,
        })
    }

    /// The route of the tool, and the request to it.
    pub(crate) fn call(self) -> (Name, Call) {
        match self {
            Self::GetMetrics(GetMetrics { symbol }) => {
                (Name::GetMetrics, of_stock(symbol, "metrics"))
            }
            Self::ScreenStocks(wanted) => (Name::ListMetrics, wanted.call()),
            Self::GetHistory(mut wanted) => {
                wanted.limit = wanted.limit.map(|limit| limit.min(MAX_ROWS));
                let query = query(&wanted);
                (Name::GetMetricHistory, Call { query, ..of_stock(wanted.symbol, "history") })
            }
            Self::GetChart(wanted) => {
                let (query, resource) = (query(&wanted), wanted.resource());
                (Name::GetChart, Call { query, ..of_stock(wanted.symbol, resource) })
            }
            Self::RequestAnalysis(wanted) => {
                let body = serde_json::to_string(&wanted).ok();
                let path = "/v1/analyses".to_owned();
                (Name::CreateAnalysis, Call { method: Method::POST, path, body, ..Call::default() })
            }
            Self::GetAnalysis(wanted) => {
                let (path, query) = (format!("/v1/analyses/{}", wanted.id), query(&wanted));
                let parameters = vec![("id".to_owned(), wanted.id)];
                (Name::GetAnalysis, Call { path, parameters, query, ..Call::default() })
            }
        }
    }
}

/// Arguments as they were sent: parsed values would have other numbers.
pub(crate) type Given = BTreeMap<String, Box<RawValue>>;

/// Null counts as left out.
fn parsed<T: DeserializeOwned>(given: &Given) -> Result<T, Problem> {
    let given: BTreeMap<_, _> = given.iter().filter(|(_, value)| value.get() != "null").collect();
    // Texts and JSON always serialise.
    parse_json(&serde_json::to_vec(&given).unwrap_or_default())
}

/// `GET /v1/stocks/{symbol}/...`
fn of_stock(symbol: String, resource: &str) -> Call {
    let path = format!("/v1/stocks/{symbol}/{resource}");
    Call { path, parameters: vec![("symbol".to_owned(), symbol)], ..Call::default() }
}

/// The given fields as query parameters; the values of a list are separated by commas.
fn query(arguments: &impl Serialize) -> Vec<(String, String)> {
    let fields = match json!(arguments) {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    fields.into_iter().filter_map(|(name, value)| Some((name, text(value)?))).collect()
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        Value::Array(items) => {
            Some(items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","))
        }
        other => Some(other.to_string()),
    }
}
