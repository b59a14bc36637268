//! A history by day, week or month, in memory.

use rust_decimal::Decimal;

use crate::{Amount, Day, HistoryQuery, HistoryRow, Interval, Price, Values, metrics::AdjustedBar};

/// The rows of a query, made of these days.
pub fn periods(days: &[HistoryRow], query: &HistoryQuery) -> Vec<HistoryRow> {
    let interval = interval(days, query);
    let mut rows: Vec<HistoryRow> = Vec::new();
    for row in range(days, query) {
        let day = if query.adjusted { adjusted(row) } else { *row };
        match rows.last_mut() {
            Some(last) if same_period(interval, last, &day) => join(last, &day),
            _ => rows.push(day),
        }
    }
    if query.descending {
        rows.reverse();
    }
    rows.truncate(query.count);
    for row in &mut rows {
        row.metrics = query
            .metrics
            .iter()
            .filter_map(|metric| Some((*metric, row.metrics.get(*metric)?)))
            .collect::<Values>();
    }
    rows
}

/// The adjusted bars of the interval up to this day, made of these days.
pub fn adjusted_bars(days: &[HistoryRow], interval: Interval, last: Day) -> Vec<AdjustedBar> {
    let (to, all) = (Some(last), HistoryQuery::days(usize::MAX));
    let rows = periods(days, &HistoryQuery { interval, to, adjusted: true, ..all });
    rows.iter()
        .map(|row| AdjustedBar {
            day: row.day,
            high: row.high.to_f64(),
            low: row.low.to_f64(),
            close: row.close.to_f64(),
        })
        .collect()
}

/// The period of the rows of a query.
pub fn interval(days: &[HistoryRow], query: &HistoryQuery) -> Interval {
    let ends = range(days, query).next().zip(range(days, query).next_back());
    let length = ends.map_or(0, |(first, last)| (last.day.date() - first.day.date()).get_days());
    match query.fit.map(f64::from) {
        Some(fit) if f64::from(length) > fit * 7.0 => Interval::Month,
        Some(fit) if f64::from(length) * 0.69 > fit => Interval::Week,
        _ => query.interval,
    }
}

fn range<'d>(
    days: &'d [HistoryRow],
    query: &HistoryQuery,
) -> impl DoubleEndedIterator<Item = &'d HistoryRow> {
    let last = days.last().map(|row| row.day.date());
    let back = last.zip(query.back).map(|(last, back)| Day::from(last.saturating_sub(back)));
    let (first, last) = (query.from.max(back), query.to);
    days.iter().filter(move |row| is_between(row.day, first, last))
}

fn is_between(day: Day, first: Option<Day>, last: Option<Day>) -> bool {
    first.is_none_or(|first| day >= first) && last.is_none_or(|last| day <= last)
}

fn same_period(interval: Interval, one: &HistoryRow, other: &HistoryRow) -> bool {
    interval.day_after(one.day) == interval.day_after(other.day)
}

fn join(period: &mut HistoryRow, day: &HistoryRow) {
    *period = HistoryRow {
        open: period.open,
        high: period.high.max(day.high),
        low: period.low.min(day.low),
        volume: period.volume.zip(day.volume).map(|(one, other)| one + other),
        adj_volume: period.adj_volume.zip(day.adj_volume).map(|(one, other)| one + other),
        split_factor: joined(period.split_factor, day.split_factor, |one, other| one * other),
        dividend: joined(period.dividend, day.dividend, |one, other| one + other),
        ..*day
    };
}

fn joined(
    one: Option<Amount>,
    other: Option<Amount>,
    join: fn(Decimal, Decimal) -> Decimal,
) -> Option<Amount> {
    let (one, other) = one.zip(other)?;
    Some(join(one.to_decimal(), other.to_decimal()).try_into().unwrap())
}

fn adjusted(row: &HistoryRow) -> HistoryRow {
    HistoryRow {
        open: scaled(row.open, row),
        high: scaled(row.high, row),
        low: scaled(row.low, row),
        close: row.adj_close,
        ..*row
    }
}

fn scaled(price: Price, row: &HistoryRow) -> Price {
    let scaled = price.to_decimal() * row.adj_close.to_decimal() / row.close.to_decimal();
    Price::try_from(scaled).unwrap()
}
