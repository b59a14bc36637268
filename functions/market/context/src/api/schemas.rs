//! The lists of market data.

use shared::list::{Column, Kind, ListSchema};

use super::comparisons::number_or_column;
use crate::{Day, Metric, StockKind, StockStatus, Symbol};

const SYMBOLS: Kind = Kind::Key(|text| {
    text.parse().map(|symbol: Symbol| symbol.to_string()).map_err(|error| error.to_string())
});
const DAYS: Kind = Kind::Key(|text| {
    text.parse().map(|day: Day| day.to_string()).map_err(|error| error.to_string())
});

const DECIMALS: Kind = Kind::Key(|text| number_or_column(Kind::Decimal, text));
const INTEGERS: Kind = Kind::Key(|text| number_or_column(Kind::Integer, text));
const NUMBERS: Kind = Kind::Key(|text| number_or_column(Kind::Number, text));
/// Text that is stored in capitals.
const CAPITALS: Kind = Kind::Code(|text| Kind::Text.parse(text).map(|text| text.to_uppercase()));
const STATUSES: Kind = Kind::Code(|text| one_of(StockStatus::ALL.map(StockStatus::name), text));
const KINDS: Kind = Kind::Code(|text| one_of(StockKind::ALL.map(StockKind::name), text));

/// The name that the text is, without regard to case.
fn one_of(names: [&'static str; 3], text: &str) -> Result<String, String> {
    let known = names.into_iter().find(|name| name.eq_ignore_ascii_case(text));
    let [first, second, last] = names;
    known.map(str::to_owned).ok_or_else(|| format!("must be {first}, {second} or {last}"))
}

const SYMBOL: Column = Column::shown("symbol", SYMBOLS).filterable().sortable();
const NAME: Column = Column::shown("name", Kind::Text).sortable();
const EXCHANGE: Column = Column::shown("exchange", CAPITALS).filterable().sortable();
const KIND: Column = Column::shown("kind", KINDS).filterable();

/// `GET /v1/stocks`
pub static STOCKS: ListSchema = ListSchema {
    name: "stocks",
    columns: &[
        SYMBOL,
        NAME,
        EXCHANGE,
        Column::shown("currency", CAPITALS).filterable().sortable(),
        KIND,
        Column::shown("active", Kind::Bool).filterable(),
        Column::shown("status", STATUSES).filterable(),
        Column::shown("first_day", DAYS).filterable().sortable().nullable(),
        Column::shown("as_of", DAYS).filterable().sortable().nullable(),
        Column::shown("refreshed_at", Kind::Instant).filterable().sortable().nullable(),
        Column::shown("refresh_error", Kind::Object).nullable(),
        Column::shown("has_error", Kind::Bool).filterable(),
        Column::shown("rejected_rows", Kind::Object).nullable(),
    ],
    key: &SYMBOL,
    parameters: &["q", "format"],
};

/// `GET /v1/metrics`
pub static METRICS: ListSchema = ListSchema {
    name: "metrics",
    columns: &METRIC_COLUMNS,
    key: &SYMBOL,
    parameters: &["symbols", "format"],
};

/// The columns of a snapshot other than its metrics.
const BAR: [Column; 10] = [
    SYMBOL,
    NAME,
    EXCHANGE,
    KIND,
    Column::shown("as_of", DAYS).filterable().sortable(),
    Column::shown("close", DECIMALS).filterable().sortable(),
    Column::shown("adj_close", DECIMALS).filterable().sortable(),
    Column::shown("volume", INTEGERS).filterable().sortable().nullable(),
    Column::shown("refreshed_at", Kind::Instant).filterable().sortable(),
    Column::shown("price_basis", Kind::Text),
];

static METRIC_COLUMNS: [Column; BAR.len() + Metric::COUNT] = {
    let mut columns = [SYMBOL; BAR.len() + Metric::COUNT];
    let mut at = 0;
    while at < columns.len() {
        columns[at] = if at < BAR.len() { BAR[at] } else { metric(Metric::ALL[at - BAR.len()]) };
        at += 1;
    }
    columns
};

const fn metric(metric: Metric) -> Column {
    Column::shown(metric.name(), NUMBERS).filterable().sortable().nullable().optional()
}
