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

/// The name of a workflow, at most 120 characters.
#[derive(Debug, Deserialize)]
#[serde(try_from = "StorableText")]
pub(crate) struct Workflow(String);

/// As in the database.
const MAX_NAME: usize = 120;

#[derive(Debug, thiserror::Error)]
#[error("a name has at most {MAX_NAME} characters")]
pub(crate) struct LongName;

impl TryFrom<StorableText> for Workflow {
    type Error = LongName;

    fn try_from(name: StorableText) -> Result<Self, LongName> {
        let name = name.into_string();
        if name.chars().count() > MAX_NAME { Err(LongName) } else { Ok(Self(name)) }
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
