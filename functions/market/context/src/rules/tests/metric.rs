use std::collections::HashSet;

use super::{Metric, Unit, UnknownMetric};

/// The columns of `metric_history`, in their order.
const COLUMNS: &str = "return_1d return_5d return_21d return_63d return_252d \
    sma_20 sma_50 sma_200 ema_12 ema_26 macd macd_signal macd_histogram \
    rsi_14 atr_14 adx_14 bollinger_upper bollinger_lower stochastic_k stochastic_d \
    volatility_21d volatility_252d sharpe_252d max_drawdown_252d \
    high_252d low_252d avg_volume_20d beta_252d";

#[test]
fn metrics_are_the_columns_of_the_database() {
    let columns: Vec<_> = COLUMNS.split_whitespace().collect();
    assert_eq!(Metric::ALL.map(Metric::name).to_vec(), columns);
}

#[test]
fn a_metric_is_found_by_its_name() {
    for metric in Metric::ALL {
        assert_eq!(metric.to_string().parse(), Ok(metric));
    }
    for name in ["", "RSI_14", "rsi_15", "day"] {
        assert_eq!(name.parse::<Metric>(), Err(UnknownMetric));
    }
}

#[test]
fn a_metric_counts_days_if_its_name_does() {
    let counts: Vec<_> = Metric::ALL.into_iter().filter(|metric| metric.counts_days()).collect();
    let names = counts.iter().map(|metric| metric.name()).collect::<Vec<_>>().join(" ");
    assert_eq!(
        names,
        "return_1d return_5d return_21d return_63d return_252d volatility_21d volatility_252d \
         sharpe_252d max_drawdown_252d high_252d low_252d avg_volume_20d beta_252d"
    );
}

#[test]
fn every_metric_is_defined() {
    let definitions = Metric::ALL.map(Metric::definition);
    assert_eq!(
        definitions.map(|metric| metric.formula).into_iter().collect::<HashSet<_>>().len(),
        Metric::COUNT
    );
    assert_eq!(
        definitions.map(|metric| metric.title).into_iter().collect::<HashSet<_>>().len(),
        Metric::COUNT
    );
    assert!(definitions.iter().all(|metric| !metric.source.is_empty() && metric.warm_up > 0));
}

#[test]
fn a_definition_is_written_as_json() {
    assert_eq!(Metric::Return1d.definition().unit, Unit::Fraction);
    assert_eq!(
        serde_json::to_string(&Metric::Return1d.definition()).unwrap(),
        concat!(
            r#"{"name":"return_1d","title":"Return over 1 trading day","unit":"fraction","#,
            r#""formula":"adj_close[t] / adj_close[t-1] - 1","warm_up":2,"source":"TA-Lib ROCP"}"#
        )
    );
}
