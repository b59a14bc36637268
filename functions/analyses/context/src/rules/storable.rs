//! Untrusted text and JSON that Postgres can store.

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

/// A text that Postgres can store.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct StorableText(String);

/// JSON that Postgres can store, verbatim.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Box<RawValue>")]
pub struct StorableJson(Box<RawValue>);

/// Postgres cannot store the text or JSON, or a number is outside the range of IEEE 754.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "text with U+0000 or an unpaired surrogate, and numbers outside the range of IEEE 754, \
     cannot be stored"
)]
pub struct NotStorable;

impl StorableText {
    pub fn into_string(self) -> String {
        self.0
    }
}

impl StorableJson {
    pub fn into_inner(self) -> Box<RawValue> {
        self.0
    }
}

impl TryFrom<String> for StorableText {
    type Error = NotStorable;

    fn try_from(text: String) -> Result<Self, NotStorable> {
        if text.contains('\0') { Err(NotStorable) } else { Ok(Self(text)) }
    }
}

impl TryFrom<Box<RawValue>> for StorableJson {
    type Error = NotStorable;

    fn try_from(json: Box<RawValue>) -> Result<Self, NotStorable> {
        // Parsing rejects unpaired surrogates and numbers out of range, which JSON allows.
        match serde_json::from_str(json.get()) {
            Ok(value) if is_storable(&value) => Ok(Self(json)),
            _ => Err(NotStorable),
        }
    }
}

fn is_storable(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.contains('\0'),
        Value::Array(items) => items.iter().all(is_storable),
        Value::Object(members) => {
            members.iter().all(|(name, value)| !name.contains('\0') && is_storable(value))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    }
}
