//! Tiingo's end-of-day prices. Its documentation describes the fields read here.

use bytes::Bytes;
use http::{Request, header};
use serde::Deserialize;
use serde_json::value::RawValue;

use market::Symbol;
use shared::{deadline::Deadline, http_client::HttpClient};

use super::fetch::fetch;
use crate::{
    config::TiingoConfig,
    ports::MarketDataError,
    rows::{Judge, Judged, Row, Wanted},
};

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
        wanted: Wanted,
        deadline: Deadline,
    ) -> Result<Judged, MarketDataError> {
        let request = Request::get(format!(
            "{}/tiingo/daily/{}/prices?startDate={}",
            self.config.base_url,
            ticker(symbol),
            wanted.first()
        ))
        .header(header::AUTHORIZATION, &self.config.authorization)
        .header(header::ACCEPT, "application/json")
        .body(Bytes::new())
        .map_err(|_| MarketDataError::malformed("the URL of the symbol is invalid"))?;
        parse(&fetch(&self.http, request, deadline).await?, wanted)
    }
}

/// The symbol in Tiingo's spelling: a dash before a class, and `P` for preferred shares, e.g.
/// `BRK-B` for `BRK.B` and `SPG-P-J` for `SPG.PRJ`.
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

/// One trading day.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Cells<'a> {
    #[serde(borrow)]
    date: Option<&'a RawValue>,
    #[serde(borrow)]
    open: Option<&'a RawValue>,
    #[serde(borrow)]
    high: Option<&'a RawValue>,
    #[serde(borrow)]
    low: Option<&'a RawValue>,
    #[serde(borrow)]
    close: Option<&'a RawValue>,
    #[serde(borrow)]
    adj_close: Option<&'a RawValue>,
    #[serde(borrow)]
    volume: Option<&'a RawValue>,
    #[serde(borrow)]
    adj_volume: Option<&'a RawValue>,
    #[serde(borrow)]
    split_factor: Option<&'a RawValue>,
    #[serde(borrow)]
    div_cash: Option<&'a RawValue>,
}

/// Tiingo sends some errors with status 200: an object in place of the list.
fn parse(body: &[u8], wanted: Wanted) -> Result<Judged, MarketDataError> {
    let rows: Vec<&RawValue> = serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        MarketDataError::malformed(format!(
            "it is not a list of prices (line {line}, column {column})"
        ))
    })?;
    let mut judge = Judge::new(wanted, "row");
    for (line, row) in (1..).zip(rows) {
        // Anything but an object is a row without values.
        let cells = serde_json::from_str::<Cells<'_>>(row.get()).unwrap_or_default();
        judge.row(&Row {
            line,
            day: text(cells.date),
            open: text(cells.open),
            high: text(cells.high),
            low: text(cells.low),
            close: text(cells.close),
            adj_close: text(cells.adj_close),
            volume: text(cells.volume),
            adj_volume: text(cells.adj_volume),
            split_factor: text(cells.split_factor),
            dividend: text(cells.div_cash),
            surplus: false,
        });
    }
    judge.finish().map_err(MarketDataError::malformed)
}

/// The digits of a number, or what is between the quotes of a string.
fn text(value: Option<&RawValue>) -> &str {
    let json = value.map(RawValue::get).unwrap_or_default();
    json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(json)
}
