//! Bars as CSV from a configured URL. Columns are found by their headers; `Adj Close` is optional.

use std::{fmt::Display, str::FromStr};

use bytes::Bytes;
use csv::{ByteRecord, StringRecord};
use http::{Request, header};

use market::{Bar, Bars, Day, RawBar, Symbol};
use shared::{deadline::Deadline, http_client::HttpClient};

use super::fetch::{beginning, fetch};
use crate::{config::CsvConfig, ports::MarketDataError};

const ADJUSTED_CLOSE: [&str; 5] =
    ["Adj Close", "Adj_Close", "AdjClose", "Adjusted Close", "Adjusted_Close"];

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
        let request =
            request.map_err(|_| MarketDataError::malformed("the URL of the symbol is invalid"))?;
        parse(&fetch(&self.http, &request, deadline).await?, since)
    }
}

/// The bars from `since` on, at least one. Rows before `since` are checked as well.
pub(super) fn parse(body: &[u8], since: Option<Day>) -> Result<Bars, MarketDataError> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(body);
    let columns = Columns::find(reader.headers().map_err(MarketDataError::malformed)?)?;
    let mut bars = Vec::new();
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(MarketDataError::malformed)? {
        bars.push(columns.bar(Line(&record))?);
    }
    let bars = Bars::try_from(bars).map_err(MarketDataError::malformed)?;
    let since = since.unwrap_or_else(beginning);
    match bars.since(since) {
        _ if bars.is_empty() => Err(MarketDataError::malformed("it has no rows")),
        [] => Err(MarketDataError::malformed(format!("it has no rows since {since}"))),
        wanted => Bars::try_from(wanted.to_vec()).map_err(MarketDataError::malformed),
    }
}

/// The index of each column.
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
        Ok(Self {
            day: required(headers, &["Date", "Day", "Timestamp"])?,
            open: required(headers, &["Open"])?,
            high: required(headers, &["High"])?,
            low: required(headers, &["Low"])?,
            close: required(headers, &["Close"])?,
            adj_close: position(headers, &ADJUSTED_CLOSE),
            volume: required(headers, &["Volume"])?,
        })
    }

    fn bar(&self, line: Line<'_>) -> Result<Bar, MarketDataError> {
        let close = line.parse("close", self.close)?;
        let raw = RawBar {
            day: line.parse("day", self.day)?,
            open: line.parse("open", self.open)?,
            high: line.parse("high", self.high)?,
            low: line.parse("low", self.low)?,
            close,
            adj_close: self
                .adj_close
                .map_or(Ok(close), |column| line.parse("adj_close", column))?,
            volume: volume(line.text(self.volume))
                .ok_or_else(|| line.malformed("volume", "it is not an integer"))?,
        };
        Bar::try_from(raw).map_err(|error| line.malformed("bar", error))
    }
}

fn required(headers: &StringRecord, names: &[&str]) -> Result<usize, MarketDataError> {
    position(headers, names).ok_or_else(|| {
        MarketDataError::malformed(format!(
            "it has no column {}",
            names.first().copied().unwrap_or_default()
        ))
    })
}

fn position(headers: &StringRecord, names: &[&str]) -> Option<usize> {
    headers.iter().position(|header| {
        let header = header.trim_start_matches('\u{feff}');
        names.iter().any(|name| header.eq_ignore_ascii_case(name))
    })
}

/// One line; its errors name the line and the column.
#[derive(Clone, Copy)]
struct Line<'r>(&'r ByteRecord);

impl<'r> Line<'r> {
    fn parse<T: FromStr<Err: Display>>(
        self,
        name: &str,
        column: usize,
    ) -> Result<T, MarketDataError> {
        self.text(column).parse().map_err(|error| self.malformed(name, error))
    }

    fn text(self, column: usize) -> &'r str {
        self.0.get(column).and_then(|bytes| str::from_utf8(bytes).ok()).unwrap_or_default()
    }

    fn malformed(self, name: &str, reason: impl Display) -> MarketDataError {
        let number = self.0.position().map_or(0, csv::Position::line);
        MarketDataError::malformed(format!("line {number}, {name}: {reason}"))
    }
}

/// Also accepts `9616100.0`, which some providers send.
fn volume(text: &str) -> Option<u64> {
    text.strip_suffix(".0").unwrap_or(text).parse().ok()
}
