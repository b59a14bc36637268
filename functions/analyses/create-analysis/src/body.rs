//! The request body.

use std::ops::Deref;

use analyses::{StorableJson, StorableText};
use serde::Deserialize;
use serde_json::value::RawValue;
use shared::symbol::Symbol;

/// `{"symbol": "AAPL", "workflow": "stock-analysis", "parameters": {}}`; only the symbol is
/// required.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnalysisRequest {
    pub symbol: Symbol,
    pub workflow: Option<Workflow>,
    pub parameters: Option<Parameters>,
}

/// The name of a workflow.
#[derive(Debug, Deserialize)]
#[serde(from = "StorableText")]
pub(crate) struct Workflow(String);

impl From<StorableText> for Workflow {
    fn from(name: StorableText) -> Self {
        Self(name.into_string())
    }
}

impl Default for Workflow {
    fn default() -> Self {
        Self("stock-analysis".to_owned())
    }
}

impl Deref for Workflow {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// A JSON object, verbatim.
#[derive(Debug, Deserialize)]
#[serde(try_from = "StorableJson")]
pub(crate) struct Parameters(Box<RawValue>);

#[derive(Debug, thiserror::Error)]
#[error("parameters must be an object")]
pub(crate) struct NotAnObject;

impl TryFrom<StorableJson> for Parameters {
    type Error = NotAnObject;

    fn try_from(json: StorableJson) -> Result<Self, NotAnObject> {
        let json = json.into_inner();
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
