//! The arguments of the tools, and the requests made from them. The routes check the values.

mod screen;

use http::Method;
use rmcp::schemars::{self, JsonSchema};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
use shared::{http::parse_json, problem::Problem};

pub(crate) use screen::ScreenStocks;

use crate::{call::Call, routes::Name};

/// A result has its rows twice, as text and as JSON, and both must fit into one response of a
/// function.
const MAX_ROWS: u32 = 500;

/// The latest metrics of one stock.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetMetrics {
    /// Ticker symbol, e.g. AAPL.
    symbol: String,
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
    /// day for the first day first, -day for the last one; day when left out.
    sort: Option<String>,
    /// How many rows at most: 1 to 500; 50 when left out.
    #[schemars(range(min = 1, max = 500))]
    limit: Option<u32>,
    /// `next` of the previous response; all other arguments unchanged.
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
    #[schemars(range(min = 320, max = 1600))]
    width: Option<u32>,
    /// Pixels: 240 to 1200.
    #[schemars(range(min = 240, max = 1200))]
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
    /// Parameters of the workflow.
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<Map<String, Value>>,
}

/// The arguments of one tool.
#[derive(Debug)]
pub(crate) enum Arguments {
    GetMetrics(GetMetrics),
    ScreenStocks(ScreenStocks),
    GetHistory(GetHistory),
    GetChart(GetChart),
    RequestAnalysis(RequestAnalysis),
}

impl Arguments {
    /// `None` for an unknown tool; a 422 that names the field for arguments that do not match
    /// the schema.
    pub(crate) fn parse(tool: &str, given: Map<String, Value>) -> Option<Result<Self, Problem>> {
        Some(match tool {
            "get_metrics" => parsed(given).map(Self::GetMetrics),
            "screen_stocks" => {
                parsed(given).and_then(ScreenStocks::checked).map(Self::ScreenStocks)
            }
            "get_history" => parsed(given).map(Self::GetHistory),
            "get_chart" => parsed(given).map(Self::GetChart),
            "request_analysis" => parsed(given).map(Self::RequestAnalysis),
            _ => return None,
        })
    }

    /// The request to the route.
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
                let query = query(&wanted);
                let picture = match wanted.format {
                    Format::Png => "chart.png",
                    Format::Svg => "chart.svg",
                };
                (Name::GetChart, Call { query, ..of_stock(wanted.symbol, picture) })
            }
            Self::RequestAnalysis(wanted) => {
                let body = Some(json!(wanted).to_string());
                let path = "/v1/analyses".to_owned();
                (Name::CreateAnalysis, Call { method: Method::POST, path, body, ..Call::default() })
            }
        }
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
