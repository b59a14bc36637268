//! Bars as CSV from a configured URL. The first line names the columns, in any order and case;
//! `Adj Close`, `Volume`, `Adj Volume`, `Split Factor` and `Dividend` are optional. Cells are
//! separated by commas, semicolons or tabs.

use bytes::Bytes;
use csv::{ByteRecord, Position, Reader, ReaderBuilder, Trim};
use http::{Request, header};

use market::Symbol;
use shared::{deadline::Deadline, http_client::HttpClient};

use super::fetch::fetch;
use crate::{
    config::CsvConfig,
    ports::MarketDataError,
    rows::{Judge, Judged, Row, Wanted},
};

/// The comma is last, as the last of the separators with the most columns is taken.
const SEPARATORS: [u8; 3] = *b"\t;,";
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

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
        wanted: Wanted,
        deadline: Deadline,
    ) -> Result<Judged, MarketDataError> {
        let url = self.config.url(symbol.as_str());
        let request = Request::get(url).header(header::ACCEPT, "text/csv").body(Bytes::new());
        let request =
            request.map_err(|_| MarketDataError::malformed("the URL of the symbol is invalid"))?;
        parse(&fetch(&self.http, request, deadline).await?, wanted)
    }
}

fn parse(body: &[u8], wanted: Wanted) -> Result<Judged, MarketDataError> {
    let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    let (separator, header) = header(body)?;
    let columns = Columns::find(&header)?;
    let (mut judge, mut lines) = (Judge::new(wanted, "line"), Lines::of(body));
    let mut reader = reader(body, separator);
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(MarketDataError::malformed)? {
        let line = lines.at(record.position().map_or(0, Position::byte));
        // A quote that is not closed would take the rows after it into its cell.
        if record.iter().any(|cell| cell.contains(&b'\n')) {
            return Err(MarketDataError::malformed(format!("line {line}: a cell has two lines")));
        }
        if record.position() != header.position() && record.iter().any(|cell| !cell.is_empty()) {
            judge.row(&columns.row(&record, line));
        }
    }
    judge.finish().map_err(MarketDataError::malformed)
}

fn reader(body: &[u8], separator: u8) -> Reader<&[u8]> {
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .delimiter(separator)
        .from_reader(body)
}

/// The first line, and the separator that gives it the most columns.
fn header(body: &[u8]) -> Result<(u8, ByteRecord), MarketDataError> {
    let mut headers = Vec::new();
    for separator in SEPARATORS {
        let mut header = ByteRecord::new();
        reader(body, separator)
            .read_byte_record(&mut header)
            .map_err(MarketDataError::malformed)?;
        headers.push((separator, header));
    }
    let best = headers.into_iter().max_by_key(|(_, header)| header.len());
    Ok(best.unwrap_or_default())
}

/// The index of each column.
struct Columns {
    count: usize,
    day: usize,
    open: usize,
    high: usize,
    low: usize,
    close: usize,
    adj_close: usize,
    volume: Option<usize>,
    adj_volume: Option<usize>,
    split_factor: Option<usize>,
    dividend: Option<usize>,
}

impl Columns {
    fn find(header: &ByteRecord) -> Result<Self, MarketDataError> {
        let names: Vec<String> = header.iter().map(letters).collect();
        let position =
            |known: &[&str]| known.iter().find_map(|one| names.iter().position(|name| name == one));
        let required = |title: &str, known: &[&str]| {
            let missing = || MarketDataError::malformed(format!("it has no column {title}"));
            position(known).ok_or_else(missing)
        };
        let day = required("Date", &["date", "datetime", "timestamp", "day", "time"])?;
        let close = required("Close", &["close"])?;
        Ok(Self {
            count: names.len(),
            day,
            open: required("Open", &["open"])?,
            high: required("High", &["high"])?,
            low: required("Low", &["low"])?,
            close,
            adj_close: position(&["adjclose", "adjustedclose"]).unwrap_or(close),
            volume: position(&["volume", "vol"]),
            adj_volume: position(&["adjvolume", "adjustedvolume"]),
            split_factor: position(&["splitfactor", "splitcoefficient", "splitratio"]),
            dividend: position(&["dividend", "dividendamount", "divcash", "exdividend"]),
        })
    }

    fn row<'r>(&self, record: &'r ByteRecord, line: u64) -> Row<'r> {
        Row {
            line,
            day: cell(record, Some(self.day)),
            open: cell(record, Some(self.open)),
            high: cell(record, Some(self.high)),
            low: cell(record, Some(self.low)),
            close: cell(record, Some(self.close)),
            adj_close: cell(record, Some(self.adj_close)),
            volume: cell(record, self.volume),
            adj_volume: cell(record, self.adj_volume),
            split_factor: cell(record, self.split_factor),
            dividend: cell(record, self.dividend),
            surplus: record.iter().skip(self.count).any(|cell| !cell.is_empty()),
        }
    }
}

/// The text of a cell, empty without the column.
fn cell(record: &ByteRecord, column: Option<usize>) -> &str {
    column.and_then(|column| record.get(column)).map_or("", text)
}

/// Counts lines. The position of a record is before the blank lines and half a CRLF ahead of it.
struct Lines<'b> {
    rest: &'b [u8],
    byte: u64,
    line: u64,
}

impl<'b> Lines<'b> {
    fn of(body: &'b [u8]) -> Self {
        Self { rest: body, byte: 0, line: 1 }
    }

    /// The line of the record at this position, which is not before the last one.
    fn at(&mut self, position: u64) -> u64 {
        while let [byte, rest @ ..] = self.rest {
            if self.byte >= position && !b"\r\n".contains(byte) {
                break;
            }
            self.line += u64::from(*byte == b'\n');
            (self.rest, self.byte) = (rest, self.byte + 1);
        }
        self.line
    }
}

/// The letters of a column's name: `Adj Close`, `adjClose` and `Adj. Close**` are the same.
fn letters(name: &[u8]) -> String {
    let letters = name.iter().filter(|byte| byte.is_ascii_alphanumeric());
    letters.map(|byte| char::from(byte.to_ascii_lowercase())).collect()
}

/// Bytes that are not UTF-8 are no number.
fn text(cell: &[u8]) -> &str {
    str::from_utf8(cell).unwrap_or("?")
}
