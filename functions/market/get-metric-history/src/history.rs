//! A page of history, encoded.

use std::fmt::{Display, Write};

use market::{
    DatedPage, Day, File, History, HistoryRow, Listed, Metric, NarrowRow, Symbol, csv_file,
    dates_as_headers, metrics, text_cell,
};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use shared::{
    cached::Cached,
    http::{Cache, Resource},
    list::{Next, Page},
};

/// Lambda limits a response to 6 MB, and base64 adds a third to a body; 4 MB leave room for the
/// rest of the response.
const MAX_BYTES: usize = 4_000_000;

/// A part of a stock's history in the requested format.
pub type HistoryPage = Listed<Cached<DatedPage<Row>>>;

/// A row as JSON, encoded once: its length decides where the page ends.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Row(Box<RawValue>);

impl Row {
    /// Serialising fails only for keys that are not strings; a row has none.
    fn encode(row: &HistoryRow, metrics: &[Metric]) -> Self {
        Self(to_raw_value(&NarrowRow { row, metrics }).unwrap_or_default())
    }
}

impl Resource for Row {
    const CACHE: Cache = Cache::Public;
}

/// The history with metrics of its intervals, if it has their bars. All bars from the first on
/// count, whatever day the rows begin with.
pub(crate) fn with_metrics_of_intervals(mut history: History) -> History {
    let values = metrics::compute_adjusted(&history.bars);
    for row in &mut history.rows {
        let found = history.bars.binary_search_by_key(&row.day, |bar| bar.day);
        if let Some(values) = found.ok().and_then(|at| values.get(at)) {
            row.metrics = *values;
        }
    }
    history
}

/// One page of a history, to be encoded.
pub(crate) struct Rows<'a, N> {
    pub symbol: &'a Symbol,
    pub metrics: &'a [Metric],
    /// The maximum number of rows of a page.
    pub limit: usize,
    /// Makes the link to the next page, given the last day of this one.
    pub next: N,
}

impl<N: Fn(Day) -> Option<Next>> Rows<'_, N> {
    pub(crate) fn json(&self, history: &History) -> DatedPage<Row> {
        let page =
            self.page(history, |row| Row::encode(row, self.metrics), |row| row.0.get().len());
        DatedPage { page, dates: history.dates }
    }

    pub(crate) fn csv(&self, history: &History) -> File {
        let symbol = text_cell(self.symbol.as_str());
        let page = self.page(history, |row| line(&symbol, row, self.metrics), String::len);
        let header = header(self.metrics);
        let lines = [&header].into_iter().chain(&page.items).map(String::as_str);
        csv_file(lines, dates_as_headers(history.dates), page.link())
    }

    /// Encodes rows up to the limit or 4 MB, whichever comes first, but at least one row.
    fn page<E>(
        &self,
        history: &History,
        encode: impl Fn(&HistoryRow) -> E,
        size: impl Fn(&E) -> usize,
    ) -> Page<E> {
        let (mut encoded, mut bytes) = (Vec::new(), 0);
        for row in history.rows.iter().take(self.limit) {
            let one = encode(row);
            bytes += size(&one) + 1;
            if bytes > MAX_BYTES && !encoded.is_empty() {
                break;
            }
            encoded.push(one);
        }
        let has_next = history.rows.len() > encoded.len();
        let last =
            encoded.len().checked_sub(1).and_then(|at| history.rows.get(at)).filter(|_| has_next);
        let next = last.and_then(|row| (self.next)(row.day));
        Page::new(encoded, next)
    }
}

fn header(metrics: &[Metric]) -> String {
    let metrics = metrics.iter().map(|metric| metric.name());
    ["symbol,day,open,high,low,close,adj_close,volume,adj_volume,split_factor,dividend"]
        .into_iter()
        .chain(metrics)
        .collect::<Vec<_>>()
        .join(",")
}

/// RFC 4180; a field or metric without a value is an empty cell.
fn line(symbol: &str, row: &HistoryRow, metrics: &[Metric]) -> String {
    let HistoryRow { day, open, high, low, close, adj_close, .. } = row;
    let mut line = format!("{symbol},{day},{open},{high},{low},{close},{adj_close}");
    for volume in [row.volume, row.adj_volume] {
        push(&mut line, volume);
    }
    for amount in [row.split_factor, row.dividend] {
        push(&mut line, amount);
    }
    for metric in metrics {
        push(&mut line, row.metrics.get(*metric));
    }
    line
}

/// Adds a cell.
fn push(line: &mut String, value: Option<impl Display>) {
    // Writing to a string does not fail.
    _ = match value {
        Some(value) => write!(line, ",{value}"),
        None => write!(line, ","),
    };
}
