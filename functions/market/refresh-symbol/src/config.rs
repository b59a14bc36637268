//! The configuration of the providers of market data.

mod benchmark;
mod budget;

use http::{HeaderValue, Uri};
use secrecy::{ExposeSecret, SecretString};
use shared::config::{self, ConfigError};

pub use benchmark::BenchmarkConfig;
pub use budget::{Budget, Rate};

const PROVIDERS: &str = "MARKET_DATA_PROVIDERS";
const TIINGO: &str = "https://api.tiingo.com";
const PLACEHOLDER: &str = "{symbol}";

/// The providers in the order in which they are tried, and the benchmark.
#[derive(Debug)]
pub struct ProvidersConfig {
    /// `MARKET_DATA_PROVIDERS`: `tiingo` and `csv`, separated by commas.
    pub providers: Vec<ProviderConfig>,
    pub benchmark: BenchmarkConfig,
}

/// One provider.
#[derive(Debug)]
pub enum ProviderConfig {
    Csv(CsvConfig),
    Tiingo(TiingoConfig),
}

/// A CSV of daily bars for each symbol.
#[derive(Debug)]
pub struct CsvConfig {
    /// `MARKET_DATA_CSV_URL`: URL with `{symbol}` in it.
    url_template: String,
    budget: Budget,
}

/// Tiingo, with the token of one account.
#[derive(Debug)]
pub struct TiingoConfig {
    /// `TIINGO_URL`
    pub base_url: String,
    /// From `TIINGO_TOKEN`.
    pub authorization: HeaderValue,
    budget: Budget,
}

impl ProvidersConfig {
    pub fn from_env() -> Result<Self, ConfigError> {
        let names = config::required(PROVIDERS)?;
        let names: Vec<&str> = names.split(',').map(str::trim).collect();
        let providers = names.iter().map(|name| ProviderConfig::from_env(name));
        Ok(Self {
            providers: providers.collect::<Result<_, _>>()?,
            benchmark: BenchmarkConfig::from_env(&names)?,
        })
    }
}

impl ProviderConfig {
    fn from_env(name: &str) -> Result<Self, ConfigError> {
        match name {
            "csv" => CsvConfig::from_env().map(Self::Csv),
            "tiingo" => TiingoConfig::from_env().map(Self::Tiingo),
            _ => Err(ConfigError::invalid(PROVIDERS, "the known providers are: csv, tiingo")),
        }
    }

    pub(crate) fn budget(&self) -> Budget {
        match self {
            Self::Csv(csv) => csv.budget,
            Self::Tiingo(tiingo) => tiingo.budget,
        }
    }
}

impl CsvConfig {
    pub fn from_env() -> Result<Self, ConfigError> {
        let budget = Budget::from_env("MARKET_DATA_CSV_RATE", "MARKET_DATA_CSV_DAILY_CALLS")?;
        Ok(Self { budget, ..Self::new(config::required("MARKET_DATA_CSV_URL")?)? })
    }

    /// Without a limit of calls.
    pub fn new(url_template: String) -> Result<Self, ConfigError> {
        let url: Option<Uri> = url_template.replace(PLACEHOLDER, "SPX").parse().ok();
        let is_safe = url.as_ref().is_some_and(|url| match (url.scheme_str(), url.host()) {
            (Some("http"), Some(host)) => config::is_loopback(host),
            (scheme, Some(_)) => scheme == Some("https"),
            _ => false,
        });
        let reason = if !url_template.contains(PLACEHOLDER) {
            "it has no {symbol}"
        } else if !is_safe {
            "it must be https, or http to a loopback host"
        } else {
            return Ok(Self { url_template, budget: Budget::default() });
        };
        Err(ConfigError::invalid("MARKET_DATA_CSV_URL", reason))
    }

    /// The URL of the bars of a symbol.
    pub(crate) fn url(&self, symbol: &str) -> String {
        self.url_template.replace(PLACEHOLDER, symbol)
    }
}

impl TiingoConfig {
    pub fn from_env() -> Result<Self, ConfigError> {
        let token = SecretString::from(config::required("TIINGO_TOKEN")?);
        let base_url = config::optional_base_url("TIINGO_URL")?;
        let budget = Budget::from_env("TIINGO_RATE", "TIINGO_DAILY_CALLS")?;
        Ok(Self { budget, ..Self::new(base_url.unwrap_or_else(|| TIINGO.to_owned()), &token)? })
    }

    /// Without a limit of calls.
    pub fn new(base_url: String, token: &SecretString) -> Result<Self, ConfigError> {
        let mut authorization = HeaderValue::try_from(format!("Token {}", token.expose_secret()))
            .map_err(|_| {
            ConfigError::invalid("TIINGO_TOKEN", "it cannot be sent in a header")
        })?;
        authorization.set_sensitive(true);
        Ok(Self { base_url, authorization, budget: Budget::default() })
    }
}
