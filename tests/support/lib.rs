//! Shared by the integration tests: the API in this process, assertions, fakes and the running
//! stack.

pub mod app;
pub mod contract;
pub mod fakes;
pub mod figures;
pub mod logs;
pub mod runtime_api;
pub mod source;
pub mod stack;
pub mod template;

/// A parsed response.
#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub headers: http::HeaderMap,
    pub body: Vec<u8>,
}

impl Response {
    /// The text of a header, empty when it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the body is text")
    }

    /// The JSON body, a line for each field.
    pub fn pretty(&self) -> String {
        serde_json::to_string_pretty(&self.json()).unwrap()
    }

    /// The JSON body.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }

    /// The text of this field of each item of a list.
    pub fn each(&self, field: &str) -> Vec<String> {
        let body = self.json();
        let items = body["items"].as_array().unwrap_or_else(|| panic!("no items: {body}"));
        items.iter().map(|item| item[field].as_str().unwrap().to_owned()).collect()
    }

    /// The cursor of the next page; empty on the last one.
    pub fn next(&self) -> String {
        self.json()["next"].as_str().unwrap_or_default().to_owned()
    }
}

/// The text of `events/<name>.json`.
pub fn event_text(name: &str) -> String {
    let path = format!("{}/../events/{name}.json", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A shipped event as JSON.
pub fn event_json(name: &str) -> serde_json::Value {
    serde_json::from_str(&event_text(name)).unwrap()
}

/// The request of an HTTP event.
pub fn http_event(json: &serde_json::Value) -> lambda_http::Request {
    lambda_http::request::from_str(&json.to_string()).expect("an HTTP event")
}

/// Asserts an RFC 9457 problem with this status and code, and returns it.
#[track_caller]
pub fn assert_problem(response: &Response, status: u16, code: &str) -> serde_json::Value {
    assert_eq!(response.header("content-type"), "application/problem+json", "{response:?}");
    let problem = response.json();
    assert_eq!((response.status, problem["code"].as_str().unwrap()), (status, code), "{problem}");
    assert_eq!(problem["status"], status, "{problem}");
    assert_eq!(problem["type"], format!("/docs/problems/{code}"), "{problem}");
    problem
}

/// True if a JSON object has exactly these fields.
pub fn has_fields(item: &serde_json::Value, names: &[&str]) -> bool {
    let fields = item.as_object().unwrap();
    fields.len() == names.len() && names.iter().all(|name| fields.contains_key(*name))
}

/// The rows of a golden file, by column.
pub fn golden(symbol: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    let path = format!(
        "{}/../functions/market/context/testdata/golden/{symbol}.csv",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned));
    let names: Vec<String> = lines.next().unwrap().collect();
    lines.map(|cells| names.iter().cloned().zip(cells).collect()).collect()
}
