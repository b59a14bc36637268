//! A page of history, written.

use std::fmt::Write;

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use shared::{
    domain::market::{Day, Freshness, History, HistoryRow, Metric, NarrowRow, Symbol},
    http::{Cache, Encoded, Resource},
    page::{Listing, Page},
};

use crate::format::Format;

/// A part of a stock's history in the format that was asked for.
#[derive(Debug, Serialize)]
pub struct HistoryPage {
    #[serde(flatten)]
    rows: Rows,
    #[serde(flatten)]
    freshness: Freshness,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Rows {
    Json(Page<Box<RawValue>>),
    Csv {
        #[serde(skip)]
        header: String,
        #[serde(flatten)]
        lines: Page<String>,
    },
}

impl HistoryPage {
    pub(crate) fn new(
        symbol: &Symbol,
        metrics: &[Metric],
        format: Format,
        list: &Listing<'_, Day>,
        history: &History,
    ) -> Self {
        let History { freshness, rows } = history;
        let day = |row: &HistoryRow| row.day;
        let rows = match format {
            Format::Json => {
                // A row has string keys and finite numbers, the two things JSON can fail on.
                let encode = |row: &HistoryRow| to_raw_value(&NarrowRow { row, metrics }).unwrap_or_default();
                Rows::Json(list.page_of(rows, day, encode, |json| json.get().len()))
            }
            Format::Csv => {
                let symbol = text_cell(symbol.as_str());
                let lines = list.page_of(rows, day, |row| line(&symbol, row, metrics), String::len);
                Rows::Csv { header: header(metrics), lines }
            }
        };
        Self { rows, freshness: *freshness }
    }
}

impl Resource for HistoryPage {
    const CACHE: Cache = Cache::Public;
    const VARY: Option<&'static str> = Some("accept");

    fn next_link(&self) -> Option<&str> {
        match &self.rows {
            Rows::Json(page) => page.link(),
            Rows::Csv { lines, .. } => lines.link(),
        }
    }

    fn encoded(&self) -> Option<Encoded> {
        match &self.rows {
            Rows::Json(_) => None,
            Rows::Csv { header, lines } => {
                let lines = [header].into_iter().chain(&lines.items);
                let body = lines.flat_map(|line| [line.as_str(), "\r\n"]).collect::<String>();
                let content_type = "text/csv; charset=utf-8; header=present";
                Some(Encoded { content_type, body, freshness: self.freshness })
            }
        }
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
