//! Lists as CSV (RFC 4180), for spreadsheets.

use std::{collections::HashMap, str::FromStr};

use http::{HeaderName, HeaderValue, Response, StatusCode, header::VARY};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use shared::{
    cached::Cached,
    http::{Body, IntoResponse, Query, Request, Resource},
    list::Page,
    problem::Problem,
};

use super::{dated_page::dates_as_headers, file::File};
use crate::DatedPage;

const MEDIA_TYPE: &str = "text/csv; charset=utf-8; header=present";

/// The format of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Json,
    Csv,
}

impl Format {
    /// The parameter `format` if it is given. Otherwise the format with the higher quality in
    /// `Accept`; JSON when both are equal, and a 406 when neither is accepted.
    pub fn of(request: &Request, parameters: Query<'_>) -> Result<Self, Problem> {
        if let Some(format) = parameters.get("format")? {
            return Ok(format);
        }
        match (request.accepts("application/json"), request.accepts("text/csv")) {
            (0, 0) => {
                let detail = "This route returns application/json or text/csv.";
                Err(Problem::new(StatusCode::NOT_ACCEPTABLE, "not_acceptable", detail))
            }
            (json, csv) if csv > json => Ok(Self::Csv),
            _ => Ok(Self::Json),
        }
    }

    /// A page in this format, with a line for each item and these columns.
    pub fn page<T: Serialize>(
        self,
        page: Cached<DatedPage<T>>,
        columns: &[&str],
    ) -> Listed<Cached<DatedPage<T>>> {
        match self {
            Self::Json => Listed::Json(page),
            Self::Csv => {
                let headers = dates_as_headers(page.value.dates);
                Listed::Csv(page.map(|page| table(&page.page, columns, headers)).into())
            }
        }
    }

    /// A list that is not read from the store.
    pub fn whole<T: Serialize>(self, page: Page<T>, columns: &[&str]) -> Listed<Page<T>> {
        match self {
            Self::Json => Listed::Json(page),
            Self::Csv => Listed::Csv(table(&page, columns, Vec::new())),
        }
    }
}

impl FromStr for Format {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "json" => Ok(Self::Json),
            "csv" => Ok(Self::Csv),
            _ => Err("must be json or csv"),
        }
    }
}

/// A list in the requested format.
#[derive(Debug)]
pub enum Listed<R> {
    Json(R),
    Csv(File),
}

impl<R: Resource> IntoResponse for Listed<R> {
    fn into_response(self) -> Response<Body> {
        let mut response = match self {
            Self::Json(list) => list.into_response(),
            Self::Csv(file) => file.into_response(),
        };
        response.headers_mut().insert(VARY, HeaderValue::from_static("Accept"));
        response
    }
}

fn table<T: Serialize>(
    page: &Page<T>,
    columns: &[&str],
    headers: Vec<(HeaderName, HeaderValue)>,
) -> File {
    let lines = page.items.iter().map(|item| line(item, columns));
    let lines: Vec<String> = [columns.join(",")].into_iter().chain(lines).collect();
    csv_file(lines.iter().map(String::as_str), headers, page.link())
}

/// A file of these lines.
pub fn csv_file<'l>(
    lines: impl Iterator<Item = &'l str>,
    headers: Vec<(HeaderName, HeaderValue)>,
    next: Option<&str>,
) -> File {
    let body = lines.flat_map(|line| [line, "\r\n"]).collect::<String>().into();
    File { media_type: MEDIA_TYPE, body, headers, next: next.map(str::to_owned), age: None }
}

/// The cells of an item. Numbers keep their digits; a field that is null or absent is empty.
fn line(item: &impl Serialize, columns: &[&str]) -> String {
    // Items are objects, and always serialise.
    let json = serde_json::to_string(item).unwrap_or_default();
    let fields: HashMap<String, Box<RawValue>> = serde_json::from_str(&json).unwrap_or_default();
    let cells = columns.iter().map(|name| fields.get(*name).map(|value| cell(value.get())));
    cells.map(Option::unwrap_or_default).collect::<Vec<_>>().join(",")
}

/// The cell of a JSON value: a text without its quotes, the `code` of an error, other objects and
/// lists as JSON.
fn cell(json: &str) -> String {
    match json.as_bytes().first() {
        Some(b'"') => text_cell(&serde_json::from_str::<String>(json).unwrap_or_default()),
        Some(b'{' | b'[') => match serde_json::from_str(json) {
            Ok(Coded { code }) => text_cell(&code),
            Err(_) => text_cell(json),
        },
        _ if json == "null" => String::new(),
        _ => json.to_owned(),
    }
}

/// A problem, or the error of a refresh.
#[derive(Deserialize)]
struct Coded {
    code: String,
}

/// A cell of text. `=`, `+`, `-` or `@` at its start would make it a formula in a spreadsheet.
pub fn text_cell(text: &str) -> String {
    let neutral =
        if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text.to_owned() };
    if neutral.contains(['"', ',', '\r', '\n']) {
        format!("\"{}\"", neutral.replace('"', "\"\""))
    } else {
        neutral
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_one_cell() {
        for (json, expected) in [
            ("56.137353095488", "56.137353095488"),
            ("-0.05", "-0.05"),
            ("true", "true"),
            ("null", ""),
            (r#""Apple Inc.""#, "Apple Inc."),
            (r#""say \"hi\", A""#, r#""say ""hi"", A""#),
            (r#""-0.05""#, "'-0.05"),
            (r#"{"code":"provider_unavailable","detail":"x, y"}"#, "provider_unavailable"),
            (r#"{"count":2,"days":[]}"#, r#""{""count"":2,""days"":[]}""#),
            ("[1,2]", r#""[1,2]""#),
        ] {
            assert_eq!(cell(json), expected, "{json}");
        }
    }
}
