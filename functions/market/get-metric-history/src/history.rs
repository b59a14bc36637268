//! A page of history, written.

use std::fmt::Write;

use http::Response;
use market::{DatedPage, Day, History, HistoryRow, Metric, NarrowRow, Symbol, dates_as_headers};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use shared::{
    cached::Fresh,
    http::{Answer, Body, Cache, File, Resource, vary},
    list::Listing,
};

use crate::format::Format;

/// A part of a stock's history in the format that was asked for.
#[derive(Debug)]
pub enum HistoryPage {
    Json(Fresh<DatedPage<Row>>),
    Csv(Fresh<File>),
}

/// A row as JSON, written once: its length decides where the page ends.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Row(Box<RawValue>);

impl Resource for Row {
    const CACHE: Cache = Cache::Public;
}

impl Answer for HistoryPage {
    fn into_response(self) -> Response<Body> {
        let mut response = match self {
            Self::Json(page) => page.into_response(),
            Self::Csv(file) => file.into_response(),
        };
        vary(&mut response, "Accept");
        response
    }
}

impl HistoryPage {
    pub(crate) fn new(
        symbol: &Symbol,
        metrics: &[Metric],
        format: Format,
        list: &Listing<'_, Day>,
        found: Fresh<History>,
    ) -> Self {
        match format {
            Format::Json => Self::Json(found.map(|history| json(&history, metrics, list))),
            Format::Csv => Self::Csv(found.map(|history| csv(symbol, &history, metrics, list))),
        }
    }
}

fn json(history: &History, metrics: &[Metric], list: &Listing<'_, Day>) -> DatedPage<Row> {
    // A row has string keys and finite numbers, the two things JSON can fail on.
    let encode = |row: &HistoryRow| Row(to_raw_value(&NarrowRow { row, metrics }).unwrap_or_default());
    let page = list.page_of(&history.rows, |row| row.day, encode, |row| row.0.get().len());
    DatedPage { page, dates: history.dates }
}

fn csv(symbol: &Symbol, history: &History, metrics: &[Metric], list: &Listing<'_, Day>) -> File {
    let symbol = text_cell(symbol.as_str());
    let page = list.page_of(&history.rows, |row| row.day, |row| line(&symbol, row, metrics), String::len);
    let header = header(metrics);
    let lines = [&header].into_iter().chain(&page.items);
    let body = lines.flat_map(|line| [line.as_str(), "\r\n"]).collect::<String>();
    let next = page.link().map(str::to_owned);
    File {
        media_type: "text/csv; charset=utf-8; header=present",
        body: body.into(),
        headers: dates_as_headers(history.dates),
        next,
    }
}

fn header(metrics: &[Metric]) -> String {
    let metrics = metrics.iter().map(|metric| metric.name());
    ["symbol,day,open,high,low,close,adj_close,volume"].into_iter().chain(metrics).collect::<Vec<_>>().join(",")
}

/// RFC 4180; a metric without a value is an empty cell.
fn line(symbol: &str, row: &HistoryRow, metrics: &[Metric]) -> String {
    let HistoryRow { day, open, high, low, close, adj_close, volume, .. } = row;
    let mut line = format!("{symbol},{day},{open},{high},{low},{close},{adj_close},{volume}");
    for metric in metrics {
        // Writing to a string does not fail.
        _ = match row.metrics.get(*metric) {
            Some(value) => write!(line, ",{value}"),
            None => write!(line, ","),
        };
    }
    line
}

/// A cell of text. A spreadsheet would take one that begins like this for a formula.
fn text_cell(text: &str) -> String {
    let neutral = if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text.to_owned() };
    if neutral.contains(['"', ',', '\r', '\n']) { format!("\"{}\"", neutral.replace('"', "\"\"")) } else { neutral }
}
