//! Suggestions for a symbol that is unknown, such as `Apple`.

use http::Response;
use lambda_http::Body;
use serde_json::{Map, Value, json};

/// True for a problem with the symbol of a request.
pub(crate) fn are_wanted(response: &Response<Body>) -> bool {
    let Some(problem) = object(response).filter(|_| response.status().is_client_error()) else {
        return false;
    };
    let field = problem.get("errors").map(|errors| &errors[0]["field"]);
    problem["code"] == "stock_not_found" || field.is_some_and(|field| field == "symbol")
}

/// The problem with the stocks that were found, in its detail and as `suggestions`.
pub(crate) fn added(problem: Response<Body>, found: &Response<Body>) -> Response<Body> {
    let stocks = object(found).and_then(|mut page| match page.remove("items") {
        Some(Value::Array(stocks)) if !stocks.is_empty() => Some(stocks),
        _ => None,
    });
    let (Some(stocks), Some(mut json)) = (stocks, object(&problem)) else { return problem };
    let text = |stock: &Value, field: &str| stock[field].as_str().unwrap_or_default().to_owned();
    let names =
        stocks.iter().map(|stock| format!("{} ({})", text(stock, "symbol"), text(stock, "name")));
    let names = names.collect::<Vec<_>>().join(", ");
    let detail = json.get("detail").and_then(Value::as_str).unwrap_or_default();
    let detail = format!("{detail} Did you mean {names}?");
    json.insert("detail".to_owned(), detail.into());
    json.insert("suggestions".to_owned(), json!(stocks));
    problem.map(|_| Body::Text(Value::Object(json).to_string()))
}

fn object(response: &Response<Body>) -> Option<Map<String, Value>> {
    serde_json::from_slice(response.body()).ok()
}
