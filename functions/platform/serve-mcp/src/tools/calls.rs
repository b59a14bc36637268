//! The requests of the tools to their routes.

use http::Method;
use market::{METRICS, STOCKS};
use serde::Serialize;
use serde_json::value::RawValue;
use shared::{list::ListSchema, problem::Problem};

use crate::{arguments::Arguments, call::Call, routes::Name};

/// A route, and the request to it.
pub(crate) type Routed = Result<(Name, Call), Problem>;

/// The bytes that the rows of a result may take when the call has no limit. A result has its rows
/// twice, as text and as JSON, and is below 25 KB with both.
const ROOM: usize = 10_500;
/// The largest history: both forms must fit into one response of Lambda.
const MAX_ROWS: u32 = 500;

/// The number of rows that fit, each of `bytes` and this number of metrics.
fn rows(bytes: usize, metrics: usize, most: usize) -> String {
    (ROOM / (bytes + 35 * metrics)).clamp(1, most).to_string()
}

/// `GET /v1/stocks/{symbol}/...`
fn stock(mut given: Arguments, resource: &str) -> Call {
    let symbol = given.take("symbol").unwrap_or_default();
    let path = format!("/v1/stocks/{symbol}/{resource}");
    let parameters = vec![("symbol".to_owned(), symbol)];
    Call { path, parameters, query: given.into_query(), ..Call::default() }
}

fn get(path: &str, query: Vec<(String, String)>) -> Call {
    Call { path: path.to_owned(), query, ..Call::default() }
}

pub(super) fn metrics(given: Arguments) -> (Name, Call) {
    (Name::GetMetrics, stock(given, "metrics"))
}

pub(super) fn search(mut given: Arguments) -> (Name, Call) {
    given.default("fields", known(&STOCKS, ["symbol", "name", "exchange", "currency", "as_of"]));
    given.default("limit", "20");
    (Name::ListStocks, get("/v1/stocks", given.into_query()))
}

/// The stocks that a text may mean, for a symbol that is unknown.
pub(crate) fn suggestions(text: &str) -> Call {
    let query = [("q", text), ("fields", "symbol,name"), ("limit", "3")];
    get("/v1/stocks", query.map(|(name, text)| (name.to_owned(), text.to_owned())).to_vec())
}

pub(super) fn screen(mut given: Arguments) -> Routed {
    let filters = given.take("filters").unwrap_or_default();
    let filters = filters.lines().map(condition).collect::<Result<Vec<_>, _>>()?;
    let sorted = given.items("sort").map(|field| field.trim_start_matches('-'));
    let compared = filters.iter().flat_map(|(name, bound)| {
        let field = name.split('.').next().unwrap_or_default();
        [field, bound.trim_start_matches('@')]
    });
    let shown = ["symbol", "name", "as_of", "close", "price_basis"].into_iter();
    let shown = known(&METRICS, shown.chain(compared).chain(sorted));
    given.default("fields", shown);
    if given.text("symbols").is_none() {
        let fields = given.items("fields").count();
        given.default("limit", rows(0, fields, 50));
    }
    let query = given.into_query().into_iter().chain(filters).collect();
    Ok((Name::ListMetrics, get("/v1/metrics", query)))
}

/// The names that are fields of a list, each once, separated by commas.
fn known<'n>(list: &ListSchema, names: impl IntoIterator<Item = &'n str>) -> String {
    let mut known = Vec::new();
    for name in names {
        if list.column(name).is_some() && !known.contains(&name) {
            known.push(name);
        }
    }
    known.join(",")
}

/// The field and the bound of a condition. A field named like a parameter of the route would be
/// read as that parameter.
fn condition(text: &str) -> Result<(String, String), Problem> {
    let (name, bound) = text.split_once('=').unwrap_or((text, ""));
    let (name, bound) = (name.trim(), bound.trim());
    let field = format!("filters.{name}");
    if METRICS.is_parameter(name) {
        return Err(Problem::invalid(field, "unknown", "This field cannot be filtered."));
    }
    // The route would count an empty parameter as left out.
    if bound.is_empty() {
        let detail = "A condition has a field, an operator and a bound, e.g. rsi_14.lt=30 for \
             below 30; the operators are gte, gt, lt and lte.";
        return Err(Problem::invalid(field, "invalid_format", detail));
    }
    Ok((name.to_owned(), bound.to_owned()))
}

pub(super) fn history(mut given: Arguments) -> (Name, Call) {
    given.default("metrics", "none");
    given.default("sort", "-day");
    let metrics = given.items("metrics").filter(|name| *name != "none").count();
    given.default("limit", rows(175, metrics, 60));
    let limit = given.text("limit").and_then(|limit| limit.parse().ok());
    if limit.is_some_and(|limit: u64| limit > MAX_ROWS.into()) {
        given.set("limit", MAX_ROWS.to_string());
    }
    (Name::GetMetricHistory, stock(given, "history"))
}

pub(super) fn chart(mut given: Arguments) -> Routed {
    let picture = match given.take("format").as_deref() {
        None | Some("png") => "chart.png",
        Some("svg") => "chart.svg",
        Some(_) => return Err(Problem::invalid("format", "invalid_format", "must be png or svg")),
    };
    Ok((Name::GetChart, stock(given, picture)))
}

pub(super) fn definitions(given: Arguments) -> (Name, Call) {
    (Name::ListMetricDefinitions, get("/v1/metrics/definitions", given.into_query()))
}

/// The body of a request for an analysis.
#[derive(Debug, Serialize)]
struct NewAnalysis {
    #[serde(skip_serializing_if = "Option::is_none")]
    symbol: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    workflow: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<Box<RawValue>>,
}

pub(super) fn request_analysis(mut given: Arguments) -> (Name, Call) {
    let parameters = given.take("parameters").and_then(|json| RawValue::from_string(json).ok());
    let (symbol, workflow) = (given.take("symbol"), given.take("workflow"));
    let body = serde_json::to_string(&NewAnalysis { symbol, workflow, parameters }).ok();
    let call = get("/v1/analyses", Vec::new());
    (Name::CreateAnalysis, Call { method: Method::POST, body, ..call })
}

pub(super) fn analysis(mut given: Arguments) -> (Name, Call) {
    let id = given.take("id").unwrap_or_default();
    let call = get(&format!("/v1/analyses/{id}"), given.into_query());
    (Name::GetAnalysis, Call { parameters: vec![("id".to_owned(), id)], ..call })
}
