//! A page of history, written.

use std::fmt::Write;

use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use shared::{
    domain::market::{Day, HistoryRow, Metric, NarrowRow, Symbol},
    http::{Cache, Encoded, Resource},
    page::{Listing, Page},
};

use crate::format::Format;

/// Rows in the format that was asked for.
#[derive(Debug)]
pub enum History {
    Json(Page<Box<RawValue>>),
    Csv { header: String, lines: Page<String> },
}

impl History {
    pub(crate) fn new(
        symbol: &Symbol,
        metrics: &[Metric],
        format: Format,
        list: &Listing<'_, Day>,
        rows: &[HistoryRow],
    ) -> Self {
        let day = |row: &HistoryRow| row.day;
        match format {
            Format::Json => {
                // A row has string keys and finite numbers, the two things JSON can fail on.
                let encode = |row: &HistoryRow| to_raw_value(&NarrowRow { row, metrics }).unwrap_or_default();
                Self::Json(list.page_of(rows, day, encode, |json| json.get().len()))
            }
            Format::Csv => {
                let symbol = text_cell(symbol.as_str());
                let lines = list.page_of(rows, day, |row| line(&symbol, row, metrics), String::len);
                Self::Csv { header: header(metrics), lines }
            }
        }
    }
}

impl Serialize for History {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Json(page) => page.serialize(serializer),
            Self::Csv { lines, .. } => lines.serialize(serializer),
        }
    }
}

impl Resource for History {
    const CACHE: Cache = Cache::Public;
    const VARY: Option<&'static str> = Some("accept");

    fn next_link(&self) -> Option<&str> {
        match self {
            Self::Json(page) => page.link(),
            Self::Csv { lines, .. } => lines.link(),
        }
    }

    fn encoded(&self) -> Option<Encoded> {
        match self {
            Self::Json(_) => None,
            Self::Csv { header, lines } => {
                let lines = [header].into_iter().chain(&lines.items);
                let body = lines.flat_map(|line| [line.as_str(), "\r\n"]).collect::<String>();
                Some(Encoded { content_type: "text/csv; charset=utf-8; header=present", body })
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
