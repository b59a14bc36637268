//! The parameters of a history.

use std::str::FromStr;

use market::{Day, HistoryQuery, Interval, Metric, Symbol};
use shared::{http::Query, list::Limit, problem::Problem};

pub(crate) const PARAMETERS: [&str; 10] = [
    "from",
    "to",
    "interval",
    "adjusted",
    "metrics",
    "metrics_interval",
    "sort",
    "limit",
    "cursor",
    "format",
];

/// 50 rows by default, as in other lists; at most 5000, about 20 years of trading days.
pub(crate) type RowLimit = Limit<50, 5000>;

/// The query, before its row count and cursor are known, and the metrics of a row.
pub(crate) fn history_query(query: Query<'_>) -> Result<(HistoryQuery, Vec<Metric>), Problem> {
    let (from, to) = (query.get::<Day>("from")?, query.get::<Day>("to")?);
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(Problem::invalid(
            "from",
            "after_to",
            "The first day must not be after the last.",
        ));
    }
    let interval: Interval = query.get("interval")?.unwrap_or_default();
    let computed = query.get::<MetricsInterval>("metrics_interval")?.is_some_and(|of| of.computed)
        && interval != Interval::Day;
    let metrics = if computed { metrics_of_intervals(query)? } else { metrics_of_days(query)? };
    let history = HistoryQuery {
        from,
        back: None,
        to,
        interval,
        fit: None,
        adjusted: query.get::<Switch>("adjusted")?.is_some_and(|switch| switch.0),
        metrics: if computed { Vec::new() } else { metrics.clone() },
        bars: computed && !metrics.is_empty(),
        descending: query.get::<Order>("sort")?.is_some_and(|order| order.descending),
        count: 0,
    };
    Ok((history, metrics))
}

/// The metrics to read; all by default.
fn metrics_of_days(query: Query<'_>) -> Result<Vec<Metric>, Problem> {
    let named = query.get::<Metrics>("metrics")?;
    Ok(named.map_or_else(|| Metric::ALL.to_vec(), |metrics| metrics.0))
}

/// The metrics to compute from weeks or months; by default, all that do not count days.
fn metrics_of_intervals(query: Query<'_>) -> Result<Vec<Metric>, Problem> {
    let computable = Metric::ALL.into_iter().filter(|metric| !metric.counts_days());
    let Some(Metrics(metrics)) = query.get("metrics")? else { return Ok(computable.collect()) };
    if let Some(metric) = metrics.iter().find(|metric| metric.counts_days()) {
        let names: Vec<_> = computable.map(Metric::name).collect();
        let detail = format!(
            "{metric} counts trading days and has no value by week or month. \
             Use metrics_interval=day, or any of: {}",
            names.join(", ")
        );
        return Err(Problem::invalid("metrics", "counts_days", detail));
    }
    Ok(metrics)
}

/// The name of the list that a cursor belongs to. Format and metrics are not part of it, so they
/// may change between pages.
pub(crate) fn name(symbol: &Symbol, query: &HistoryQuery) -> String {
    let HistoryQuery { from, to, interval, adjusted, descending, .. } = query;
    format!(
        "history {symbol} {}..{} {} {adjusted} {descending}",
        text(*from),
        text(*to),
        interval.name()
    )
}

fn text(day: Option<Day>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

/// `rsi_14,beta_252d`; `none` adds no metric.
struct Metrics(Vec<Metric>);

impl FromStr for Metrics {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = text.split(',').filter(|name| *name != "none");
        let mut metrics = names.map(parse_metric).collect::<Result<Vec<_>, _>>()?;
        // In column order, without duplicates.
        metrics.sort_unstable();
        metrics.dedup();
        Ok(Self(metrics))
    }
}

fn parse_metric(name: &str) -> Result<Metric, String> {
    name.parse().map_err(|_| {
        let known: Vec<_> = Metric::ALL.iter().map(|metric| metric.name()).collect();
        format!("{name:?} is not a metric. Use none, or any of: {}", known.join(", "))
    })
}

/// `day`: metrics of the last day of a row; `interval`: computed from the bars of the interval.
struct MetricsInterval {
    computed: bool,
}

impl FromStr for MetricsInterval {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "day" => Ok(Self { computed: false }),
            "interval" => Ok(Self { computed: true }),
            _ => Err("must be day or interval"),
        }
    }
}

/// `day`, oldest first, or `-day`, newest first.
struct Order {
    descending: bool,
}

impl FromStr for Order {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "day" => Ok(Self { descending: false }),
            "-day" => Ok(Self { descending: true }),
            _ => Err("must be day or -day"),
        }
    }
}

struct Switch(bool);

impl FromStr for Switch {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self).map_err(|_| "must be true or false")
    }
}
