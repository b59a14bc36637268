//! The query for the data of a picture.

use jiff::Span;
use market::{HistoryQuery, Metric};

use crate::{
    chart::OVERLAYS,
    layout,
    parameters::{Options, Period, Style},
};

/// More than the widest picture has points.
const MAX_ROWS: usize = 5000;

/// The rows of the period: days if they fit, otherwise weeks, otherwise months.
pub(crate) fn query(options: &Options) -> HistoryQuery {
    let (from, back, to) = match options.period {
        Period::Latest(range) => {
            (None, range.months().map(|count| Span::new().months(count)), None)
        }
        Period::Between(from, to) => (from, None, to),
    };
    HistoryQuery {
        from,
        back,
        to,
        fit: Some(fit(options)),
        adjusted: may_have_candles(options),
        metrics: metrics(options),
        ..HistoryQuery::days(MAX_ROWS)
    }
}

/// The number of rows that fit: one a pixel, and a candle for each two.
fn fit(options: &Options) -> u32 {
    let (size, margin) = layout::text_size(options.width);
    let room = options.width - 2 * margin - 4 * size;
    if options.style == Some(Style::Candles) { room / 2 } else { room }
}

/// Only candles have more prices than the adjusted close.
fn may_have_candles(options: &Options) -> bool {
    match (options.style, options.period) {
        (Some(style), _) => style == Style::Candles,
        (None, Period::Latest(range)) => range.is_short(),
        (None, Period::Between(..)) => true,
    }
}

fn metrics(options: &Options) -> Vec<Metric> {
    let mut metrics = OVERLAYS.to_vec();
    for panel in &options.panels.0 {
        metrics.extend(panel.metrics());
    }
    if !has_two_days(options) {
        metrics.push(Metric::Return1d);
    }
    metrics
}

/// True when the rows are days, of which the last two have the change of the last day. No month has
/// more than 23 trading days.
fn has_two_days(options: &Options) -> bool {
    match options.period {
        Period::Latest(range) => range.months().is_some_and(|count| count * 23 <= fit(options)),
        Period::Between(..) => false,
    }
}
