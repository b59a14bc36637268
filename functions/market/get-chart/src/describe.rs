//! The chart in words, for screen readers.

use market::Metric;

use crate::{
    chart::Chart,
    labels, panels,
    parameters::{Panel, Period},
};

impl Chart<'_> {
    pub(crate) fn title(&self) -> String {
        // XML does not allow control characters, not even escaped.
        let name: String =
            self.history.name.chars().filter(|letter| !letter.is_control()).collect();
        format!("{name} ({}), adjusted prices", self.symbol)
    }

    /// Written on a chart without prices.
    pub(crate) fn nothing(&self) -> String {
        match (self.options.period, self.history.dates.as_of) {
            (Period::Between(..), Some(_)) => "No prices in this period".to_owned(),
            _ => "No prices yet".to_owned(),
        }
    }

    /// The prices and the last values of these panels.
    pub(crate) fn description(&self, below: &[Panel]) -> String {
        let (Some(prices), Some(last)) = (self.prices(), self.history.rows.last()) else {
            return format!("{}.", self.nothing());
        };
        let day = self.day_change().map(|change| {
            let amount = labels::amount(change.amount, last.adj_close.to_f64());
            format!(" Change of the last day: {amount} ({}).", labels::percent(change.fraction))
        });
        let mut parts = vec![Some(prices), day];
        for panel in below {
            parts.push(match panel {
                Panel::Price => None,
                Panel::Volume => panels::volume(last).map(|shares| {
                    format!(" Volume of the last {}: {}.", self.period(), labels::count(shares))
                }),
                Panel::Rsi => last
                    .metrics
                    .get(Metric::Rsi14)
                    .map(|rsi| format!(" RSI 14: {}.", labels::number(rsi, 1))),
                Panel::Macd => last
                    .metrics
                    .get(Metric::Macd)
                    .map(|macd| format!(" MACD 12, 26, 9: {}.", labels::number(macd, 2))),
            });
        }
        parts.into_iter().flatten().collect()
    }

    fn prices(&self) -> Option<String> {
        let (first, last) = (self.history.rows.first()?, self.history.rows.last()?);
        let closes = self.history.rows.iter().map(|row| row.adj_close.to_f64());
        Some(format!(
            "From {} to {}: adjusted close {} {}, {} over the time, at the end of each {} \
             between {} and {}.",
            labels::day(first.day),
            labels::day(last.day),
            labels::price(last.adj_close.to_f64()),
            self.currency(),
            labels::percent(self.change()?.fraction),
            self.period(),
            labels::price(closes.clone().fold(f64::INFINITY, f64::min)),
            labels::price(closes.fold(0.0, f64::max)),
        ))
    }
}
