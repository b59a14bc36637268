//! The metrics and their definitions.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// The definition of a metric, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Definition {
    /// The name in JSON, in the database and in queries, e.g. `rsi_14`.
    pub name: &'static str,
    /// The title, e.g. `Relative strength index of 14 days`.
    pub title: &'static str,
    /// The unit of the values.
    pub unit: Unit,
    /// How the metric is computed. `adj_*` are prices times `adj_close / close`; `t` is the day.
    pub formula: &'static str,
    /// The number of bars up to and including the first day with a value. The metric is null
    /// before.
    pub warm_up: usize,
    /// The implementation or definition that the metric agrees with.
    pub source: &'static str,
}

/// The unit of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A fraction, e.g. 0.031 = 3.1 %.
    Fraction,
    /// A fraction per year, annualized with 252 trading days.
    AnnualFraction,
    /// The currency of the stock, adjusted for splits and dividends.
    Price,
    /// 0 to 100.
    Percent,
    /// A plain number.
    Ratio,
    /// Shares per day.
    Shares,
}

/// No metric has this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no metric with this name")]
pub struct UnknownMetric;

macro_rules! metrics {
    ($(
        $metric:ident = $name:literal, $title:literal, $unit:ident, $warm_up:literal,
        $formula:literal, $source:literal;
    )*) => {
        /// A metric; see [`Metric::definition`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Metric {
            $(
                #[doc = concat!($title, ", `", $name, "`: `", $formula, "`.")]
                #[doc = concat!("Source: ", $source, ".")]
                $metric,
            )*
        }

        impl Metric {
            /// The number of metrics.
            pub const COUNT: usize = Self::ALL.len();

            /// Every metric, in the order of its columns.
            pub const ALL: [Self; [$($warm_up),*].len()] = [$(Self::$metric),*];

            /// Name, title, unit, formula, warm-up and source.
            pub const fn definition(self) -> Definition {
                match self {
                    $(Self::$metric => Definition {
                        name: $name,
                        title: $title,
                        unit: Unit::$unit,
                        formula: $formula,
                        warm_up: $warm_up,
                        source: $source,
                    },)*
                }
            }

            /// The name in JSON, in the database and in queries, e.g. `rsi_14`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$metric => $name,)* }
            }

            /// The metric of this name, if there is one.
            pub fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$metric),)* _ => None }
            }
        }
    };
}

impl Metric {
    /// True if its name has a number of trading days, such as `return_5d`. Such a metric is of
    /// days only; any other can also be computed on weekly or monthly bars.
    pub fn counts_days(self) -> bool {
        let number = self.name().strip_suffix('d');
        number.is_some_and(|number| number.ends_with(|last: char| last.is_ascii_digit()))
    }
}

metrics! {
    Return1d = "return_1d", "Return over 1 trading day", Fraction, 2,
        "adj_close[t] / adj_close[t-1] - 1", "TA-Lib ROCP";
    Return5d = "return_5d", "Return over 5 trading days", Fraction, 6,
        "adj_close[t] / adj_close[t-5] - 1", "TA-Lib ROCP";
    Return21d = "return_21d", "Return over 21 trading days (a month)", Fraction, 22,
        "adj_close[t] / adj_close[t-21] - 1", "TA-Lib ROCP";
    Return63d = "return_63d", "Return over 63 trading days (a quarter)", Fraction, 64,
        "adj_close[t] / adj_close[t-63] - 1", "TA-Lib ROCP";
    Return252d = "return_252d", "Return over 252 trading days (a year)", Fraction, 253,
        "adj_close[t] / adj_close[t-252] - 1", "TA-Lib ROCP";
    Sma20 = "sma_20", "Simple moving average of 20 days", Price, 20,
        "mean of 20 adj_close", "TA-Lib SMA";
    Sma50 = "sma_50", "Simple moving average of 50 days", Price, 50,
        "mean of 50 adj_close", "TA-Lib SMA";
    Sma200 = "sma_200", "Simple moving average of 200 days", Price, 200,
        "mean of 200 adj_close", "TA-Lib SMA";
    Ema12 = "ema_12", "Exponential moving average of 12 days", Price, 12,
        "exponential mean of adj_close, weight 2/13, seeded with the mean of the first 12",
        "TA-Lib EMA";
    Ema26 = "ema_26", "Exponential moving average of 26 days", Price, 26,
        "exponential mean of adj_close, weight 2/27, seeded with the mean of the first 26",
        "TA-Lib EMA";
    Macd = "macd", "Moving average convergence/divergence", Price, 34,
        "ema_12 seeded 14 days later - ema_26", "TA-Lib MACD(12, 26, 9)";
    MacdSignal = "macd_signal", "Signal line of the MACD", Price, 34,
        "exponential mean of macd, weight 2/10, seeded with the mean of its first 9",
        "TA-Lib MACD(12, 26, 9)";
    MacdHistogram = "macd_histogram", "MACD histogram", Price, 34,
        "macd - macd_signal", "TA-Lib MACD(12, 26, 9)";
    Rsi14 = "rsi_14", "Relative strength index of 14 days", Percent, 15,
        "100 * gains / (gains + losses), both smoothed over 14 changes of adj_close", "TA-Lib RSI";
    Atr14 = "atr_14", "Average true range of 14 days", Price, 15,
        "true range of adj_high, adj_low and adj_close, smoothed over 14 days", "TA-Lib ATR";
    Adx14 = "adx_14", "Average directional index of 14 days", Percent, 28,
        "100 * |+DI - -DI| / (+DI + -DI), smoothed over 14 days; \
         a day whose high rose as much as its low fell counts for neither",
        "TA-Lib ADX";
    BollingerUpper = "bollinger_upper", "Upper Bollinger band of 20 days", Price, 20,
        "sma_20 + 2 population deviations of the 20 adj_close", "TA-Lib BBANDS(20, 2, 2)";
    BollingerLower = "bollinger_lower", "Lower Bollinger band of 20 days", Price, 20,
        "sma_20 - 2 population deviations of the 20 adj_close", "TA-Lib BBANDS(20, 2, 2)";
    StochasticK = "stochastic_k", "Slow stochastic %K of 14 days", Percent, 18,
        "3-day mean of 100 * (adj_close - low) / (high - low); low: lowest adj_low of 14 days; \
         high: highest adj_high of 14 days",
        "TA-Lib STOCH(14, 3, SMA, 3, SMA)";
    StochasticD = "stochastic_d", "Slow stochastic %D of 14 days", Percent, 18,
        "3-day mean of stochastic_k", "TA-Lib STOCH(14, 3, SMA, 3, SMA)";
    Volatility21d = "volatility_21d", "Volatility of 21 days", AnnualFraction, 22,
        "sample deviation of 21 log returns * sqrt(252)", "NumPy std, ddof 1";
    Volatility252d = "volatility_252d", "Volatility of 252 days", AnnualFraction, 253,
        "sample deviation of 252 log returns * sqrt(252)", "NumPy std, ddof 1";
    Sharpe252d = "sharpe_252d", "Sharpe ratio of 252 days", Ratio, 253,
        "mean / sample deviation of 252 simple returns * sqrt(252), risk-free rate 0",
        "Sharpe 1994";
    MaxDrawdown252d = "max_drawdown_252d", "Maximum drawdown within 252 days", Fraction, 252,
        "minimum of adj_close / running maximum - 1 within 252 days, 0 or negative",
        "NumPy maximum.accumulate";
    High252d = "high_252d", "Highest price of 252 days", Price, 252,
        "highest adj_high of 252 days", "TA-Lib MAX";
    Low252d = "low_252d", "Lowest price of 252 days", Price, 252,
        "lowest adj_low of 252 days", "TA-Lib MIN";
    AvgVolume20d = "avg_volume_20d", "Average volume of 20 days", Shares, 20,
        "mean of 20 volumes as traded", "TA-Lib SMA";
    Beta252d = "beta_252d", "Beta against the benchmark over 252 days", Ratio, 253,
        "covariance with the benchmark / variance of the benchmark, of 252 simple returns over the \
         days both have; null when more than 12 (5 %) are missing: a return is missing on a day \
         without the benchmark, and after more than 12 such days; the benchmark is a setting of \
         the deployment, by default SPY",
        "NumPy cov";
}

impl FromStr for Metric {
    type Err = UnknownMetric;

    fn from_str(name: &str) -> Result<Self, UnknownMetric> {
        Self::named(name).ok_or(UnknownMetric)
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Metric {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
