//! The configuration of the benchmark.

use market::Symbol;
use shared::config::{self, ConfigError};

const SYMBOL: &str = "BENCHMARK_SYMBOL";
const PROVIDER: &str = "BENCHMARK_PROVIDER";
/// The usual symbols of indices. Tiingo has no indices, and may have other stocks of these names.
const INDICES: [&str; 8] = ["SPX", "GSPC", "INX", "NDX", "IXIC", "DJI", "RUT", "VIX"];

/// The stock against which beta is computed.
#[derive(Debug)]
pub struct BenchmarkConfig {
    /// `BENCHMARK_SYMBOL`
    pub symbol: Symbol,
    /// `BENCHMARK_PROVIDER`: the only provider that is asked for its bars.
    pub provider: String,
}

impl BenchmarkConfig {
    /// The provider must be one of these.
    pub(super) fn from_env(providers: &[&str]) -> Result<Self, ConfigError> {
        let symbol: Symbol = config::parsed(SYMBOL)?.ok_or(ConfigError::Missing(SYMBOL))?;
        let provider = config::required(PROVIDER)?;
        if !providers.contains(&provider.as_str()) {
            return Err(ConfigError::invalid(PROVIDER, "it is not in MARKET_DATA_PROVIDERS"));
        }
        if provider == "tiingo" && INDICES.contains(&symbol.as_str()) {
            let reason = "tiingo has no indices: use an ETF such as SPY, or another provider";
            return Err(ConfigError::invalid(SYMBOL, reason));
        }
        Ok(Self { symbol, provider })
    }
}
