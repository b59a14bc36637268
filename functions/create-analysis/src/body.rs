//! What the request says.

use std::ops::Deref;

use serde::{Deserialize, Deserializer, de::Error};
use serde_json::{Value, value::RawValue};
use shared::domain::market::Symbol;

/// `{"symbol": "AAPL", "workflow": "stock-analysis", "parameters": {}}`; only the symbol must be there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    pub symbol: Symbol,
    #[serde(default = "default_workflow", deserialize_with = "storable_text")]
    pub workflow: String,
    #[serde(default)]
    pub parameters: Parameters,
}

fn default_workflow() -> String {
    "stock-analysis".to_owned()
}

/// Postgres has no U+0000.
fn storable_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.contains('\0') { Err(D::Error::custom(InvalidParameters::NotStorable)) } else { Ok(text) }
}

/// A JSON object, kept as it was written.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Box<RawValue>")]
pub(crate) struct Parameters(Box<RawValue>);

#[derive(Debug, thiserror::Error)]
pub(crate) enum InvalidParameters {
    #[error("parameters must be an object")]
    NotAnObject,
    #[error("text with U+0000 or half a surrogate pair, and numbers beyond those of IEEE 754, cannot be stored")]
    NotStorable,
}

impl TryFrom<Box<RawValue>> for Parameters {
    type Error = InvalidParameters;

    fn try_from(json: Box<RawValue>) -> Result<Self, InvalidParameters> {
        // Reading it as a value finds what is JSON by its grammar and yet no text or number.
        match serde_json::from_str(json.get()) {
            Ok(value @ Value::Object(_)) if is_storable(&value) => Ok(Self(json)),
            Ok(Value::Object(_)) | Err(_) => Err(InvalidParameters::NotStorable),
            Ok(_) => Err(InvalidParameters::NotAnObject),
        }
    }
}

fn is_storable(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.contains('\0'),
        Value::Array(items) => items.iter().all(is_storable),
        Value::Object(members) => members.iter().all(|(name, value)| !name.contains('\0') && is_storable(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    }
}

impl Default for Parameters {
    fn default() -> Self {
        Self(RawValue::from_string("{}".to_owned()).unwrap_or_else(|_| RawValue::NULL.to_owned()))
    }
}

impl Deref for Parameters {
    type Target = RawValue;

    fn deref(&self) -> &RawValue {
        &self.0
    }
}
