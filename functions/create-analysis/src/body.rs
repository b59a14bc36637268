//! What the request says.

use std::ops::Deref;

use serde::Deserialize;
use serde_json::value::RawValue;
use shared::domain::market::Symbol;

/// `{"symbol": "AAPL", "workflow": "stock-analysis", "parameters": {}}`; only the symbol must be there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    pub symbol: Symbol,
    #[serde(default = "default_workflow")]
    pub workflow: String,
    #[serde(default)]
    pub parameters: Parameters,
}

fn default_workflow() -> String {
    "stock-analysis".to_owned()
}

/// A JSON object, kept as it was written.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Box<RawValue>")]
pub(crate) struct Parameters(Box<RawValue>);

#[derive(Debug, thiserror::Error)]
#[error("parameters must be an object")]
pub(crate) struct NotAnObject;

impl TryFrom<Box<RawValue>> for Parameters {
    type Error = NotAnObject;

    fn try_from(json: Box<RawValue>) -> Result<Self, NotAnObject> {
        if json.get().starts_with('{') { Ok(Self(json)) } else { Err(NotAnObject) }
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
