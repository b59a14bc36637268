//! A history by day, week or month, in memory.

use crate::{Day, HistoryQuery, HistoryRow, Interval, Price, Values};

/// What is asked for of these days.
pub fn periods(days: &[HistoryRow], query: &HistoryQuery) -> Vec<HistoryRow> {
    let last = days.last().map(|row| row.day.date());
    let back = last.zip(query.back).map(|(last, back)| Day::from(last.saturating_sub(back)));
    let is_wanted = |row: &&HistoryRow| {
        let begun = query.from.into_iter().chain(back).all(|from| row.day >= from);
        begun && query.to.is_none_or(|to| row.day <= to)
    };
    let mut rows: Vec<HistoryRow> = Vec::new();
    for day in
        days.iter().filter(is_wanted).map(|row| if query.adjusted { adjusted(row) } else { *row })
    {
        match rows.last_mut() {
            Some(last) if same_period(query.interval, last, &day) => join(last, &day),
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

fn same_period(interval: Interval, one: &HistoryRow, other: &HistoryRow) -> bool {
    interval.day_after(one.day) == interval.day_after(other.day)
}

fn join(period: &mut HistoryRow, day: &HistoryRow) {
    *period = HistoryRow {
        open: period.open,
        high: period.high.max(day.high),
        low: period.low.min(day.low),
        volume: period.volume + day.volume,
        ..*day
    };
}

fn adjusted(row: &HistoryRow) -> HistoryRow {
    let scaled = |price: Price| {
        let scaled = price.to_decimal() * row.adj_close.to_decimal() / row.close.to_decimal();
        Price::try_from(scaled).unwrap()
    };
    HistoryRow {
        open: scaled(row.open),
        high: scaled(row.high),
        low: scaled(row.low),
        close: row.adj_close,
        ..*row
    }
}
