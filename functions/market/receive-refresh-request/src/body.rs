//! The body of a request.

use market::{Full, Symbol};
use serde::{Deserialize, Deserializer, de::value::StringDeserializer};
use shared::{http::parse_json, problem::Problem};

const MAX_SYMBOLS: usize = 100;

/// `{"type": "refresh.requested", "symbols": ["AAPL"], "full": "replace", "force": true}`; `full`
/// and `force` are optional.
#[derive(Debug)]
pub(crate) struct Body {
    /// 1 to 100 symbols.
    pub symbols: Vec<Symbol>,
    pub full: Option<Full>,
    pub force: bool,
}

impl Body {
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Problem> {
        let Fields { symbols, full, force, .. } = parse_json(body)?;
        if symbols.is_empty() || symbols.len() > MAX_SYMBOLS {
            let detail = "There must be 1 to 100 symbols.";
            return Err(Problem::invalid("symbols", "invalid_length", detail));
        }
        let full = full.map(|FullName(full)| full);
        Ok(Self { symbols, full, force: force.unwrap_or_default() })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    #[serde(rename = "type", deserialize_with = "by_name")]
    _kind: Kind,
    symbols: Vec<Symbol>,
    full: Option<FullName>,
    force: Option<bool>,
}

#[derive(Debug, Deserialize)]
enum Kind {
    #[serde(rename = "refresh.requested")]
    RefreshRequested,
}

#[derive(Debug, Deserialize)]
struct FullName(#[serde(deserialize_with = "by_name")] Full);

/// Deserialises an enum from a text: serde would also accept `{"name": null}` for `"name"`.
fn by_name<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(StringDeserializer::new(String::deserialize(deserializer)?))
}
