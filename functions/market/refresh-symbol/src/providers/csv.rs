//! Bars as CSV from any address: columns are found by their headers, `Adj Close` may be missing.

use bytes::Bytes;
use csv::{ByteRecord, StringRecord};
use http::{Request, header};

use market::{Bar, Bars, Day, Price, RawBar, Symbol};
use shared::{deadline::Deadline, http_client::HttpClient};

use super::fetch::{beginning, fetch};
use crate::{config::CsvConfig, ports::MarketDataError};

/// A CSV of daily bars for each symbol.
#[derive(Debug)]
pub(super) struct Csv {
    config: CsvConfig,
    http: HttpClient,
}

impl Csv {
    pub(super) fn new(config: CsvConfig, http: &HttpClient) -> Self {
        Self { config, http: http.clone() }
    }

    pub(super) async fn bars(
        &self,
        symbol: &Symbol,
        since: Option<Day>,
        deadline: Deadline,
    ) -> Result<Bars, MarketDataError> {
        let url = self.config.url(symbol.as_str());
        let request = Request::get(url).header(header::ACCEPT, "text/csv").body(Bytes::new());
        let request = request
            .map_err(|_| MarketDataError::Malformed("the symbol cannot be sent".to_owned()))?;
        parse(&fetch(&self.http, &request, deadline).await?, since)
    }
}

/// The bars from `since` on, at least one. Every row is checked, also those before.
pub(super) fn parse(body: &[u8], since: Option<Day>) -> Result<Bars, MarketDataError> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(body);
    let columns = Columns::find(reader.headers().map_err(malformed)?)?;
    let mut bars = Vec::new();
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(malformed)? {
        let line = record.position().map_or(0, csv::Position::line);
        bars.push(columns.bar(&record, line)?);
    }
    let bars = Bars::try_from(bars).map_err(malformed)?;
    let since = since.unwrap_or_else(beginning);
    match bars.since(since) {
        _ if bars.is_empty() => Err(malformed("it has no rows")),
        [] => Err(malformed(format!("it has no rows since {since}"))),
        wanted => Bars::try_from(wanted.to_vec()).map_err(malformed),
    }
}

fn malformed(error: impl std::fmt::Display) -> MarketDataError {
    MarketDataError::Malformed(error.to_string())
}

/// Where each column is.
struct Columns {
    day: usize,
    open: usize,
    high: usize,
    low: usize,
    close: usize,
    adj_close: Option<usize>,
    volume: usize,
}

impl Columns {
    fn find(headers: &StringRecord) -> Result<Self, MarketDataError> {
        let position = |names: &[&str]| {
            let named = |header: &str| {
                names
                    .iter()
                    .any(|name| header.trim_start_matches('\u{feff}').eq_ignore_ascii_case(name))
            };
            headers.iter().position(named)
        };
        let required = |names: &[&str]| {
            let missing = || {
                MarketDataError::Malformed(format!(
                    "it has no column {}",
                    names.first().copied().unwrap_or_default()
                ))
            };
            position(names).ok_or_else(missing)
        };
        Ok(Self {
            day: required(&["Date", "Day", "Timestamp"])?,
            open: required(&["Open"])?,
            high: required(&["High"])?,
            low: required(&["Low"])?,
            close: required(&["Close"])?,
            adj_close: position(&[
                "Adj Close",
                "Adj_Close",
                "AdjClose",
                "Adjusted Close",
                "Adjusted_Close",
            ]),
            volume: required(&["Volume"])?,
        })
    }

    fn bar(&self, record: &ByteRecord, line: u64) -> Result<Bar, MarketDataError> {
        let text = |column: usize| {
            record.get(column).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
        };
        let bad = |name: &str, reason: String| {
            MarketDataError::Malformed(format!("line {line}, {name}: {reason}"))
        };
        let price = |name, column| {
            text(column).parse::<Price>().map_err(|error| bad(name, error.to_string()))
        };
        let close = price("close", self.close)?;
        let raw = RawBar {
            day: text(self.day).parse::<Day>().map_err(|error| bad("day", error.to_string()))?,
            open: price("open", self.open)?,
            high: price("high", self.high)?,
            low: price("low", self.low)?,
            close,
            adj_close: self.adj_close.map_or(Ok(close), |column| price("adj_close", column))?,
            volume: volume(text(self.volume))
                .ok_or_else(|| bad("volume", "it is not an integer".to_owned()))?,
        };
        Bar::try_from(raw).map_err(|error| bad("bar", error.to_string()))
    }
}

/// Some write `9616100.0`.
fn volume(text: &str) -> Option<u64> {
    text.strip_suffix(".0").unwrap_or(text).parse().ok()
}
