//! Tiingo's end-of-day prices. Its documentation describes the fields read here.

use bytes::Bytes;
use http::{Request, header};
use serde::Deserialize;
use serde_json::value::RawValue;

use market::{Bar, Bars, Day, Price, RawBar, Symbol};
use shared::{deadline::Deadline, http_client::HttpClient};

use super::fetch::{beginning, fetch};
use crate::{config::TiingoConfig, ports::MarketDataError};

/// Tiingo, with the token of one account.
#[derive(Debug)]
pub(super) struct Tiingo {
    config: TiingoConfig,
    http: HttpClient,
}

impl Tiingo {
    pub(super) fn new(config: TiingoConfig, http: &HttpClient) -> Self {
        Self { config, http: http.clone() }
    }

    pub(super) async fn bars(
        &self,
        symbol: &Symbol,
        since: Option<Day>,
        deadline: Deadline,
    ) -> Result<Bars, MarketDataError> {
        let from = since.unwrap_or_else(beginning);
        let request = Request::get(format!(
            "{}/tiingo/daily/{}/prices?startDate={from}",
            self.config.base_url,
            ticker(symbol)
        ))
        .header(header::AUTHORIZATION, &self.config.authorization)
        .header(header::ACCEPT, "application/json")
        .body(Bytes::new())
        .map_err(|_| MarketDataError::malformed("the URL of the symbol is invalid"))?;
        parse(&fetch(&self.http, &request, deadline).await?)
    }
}

/// The symbol in Tiingo's spelling: a dash before a class, and `P` for preferred shares, e.g. `BRK-B`
/// for `BRK.B` and `SPG-P-J` for `SPG.PRJ`.
fn ticker(symbol: &Symbol) -> String {
    let dashed = symbol.as_str().replace('.', "-");
    match dashed.split_once("-PR") {
        Some((share, "")) => format!("{share}-P"),
        Some((share, rest)) if rest.trim_start_matches('-').len() == 1 => {
            format!("{share}-P-{}", rest.trim_start_matches('-'))
        }
        _ => dashed,
    }
}

/// One trading day. `divCash` and `splitFactor` are not read: either makes the adjusted closes
/// differ from the stored ones, and then the whole history is fetched again.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    date: String,
    open: Price,
    high: Price,
    low: Price,
    close: Price,
    adj_close: Price,
    volume: Box<RawValue>,
}

/// Tiingo sends some errors with status 200: an object in place of the list.
fn parse(body: &[u8]) -> Result<Bars, MarketDataError> {
    let rows: Vec<Row> = serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        MarketDataError::malformed(format!(
            "it is not a list of prices (line {line}, column {column})"
        ))
    })?;
    if rows.is_empty() {
        return Err(MarketDataError::malformed("it has no rows"));
    }
    let bars = rows.iter().map(bar).collect::<Result<Vec<_>, _>>()?;
    Bars::try_from(bars).map_err(MarketDataError::malformed)
}

fn bar(row: &Row) -> Result<Bar, MarketDataError> {
    // The trading day is sent as an instant, midnight UTC.
    let day = row.date.get(..10).unwrap_or_default();
    let day = day.parse::<Day>().map_err(MarketDataError::malformed)?;
    let volume = row.volume.get();
    let volume = volume.strip_suffix(".0").unwrap_or(volume);
    let &Row { open, high, low, close, adj_close, .. } = row;
    let volume = volume.parse().map_err(|_| {
        MarketDataError::malformed(format!("the volume of {day} is not an integer"))
    })?;
    Bar::try_from(RawBar { day, open, high, low, close, adj_close, volume })
        .map_err(MarketDataError::malformed)
}
