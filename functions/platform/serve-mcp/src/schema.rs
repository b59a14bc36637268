//! The input schemas of the tools, in the subset of JSON Schema that clients can pass on to models.

use rmcp::{handler::server::common::schema_for_type, model::JsonObject, schemars::JsonSchema};
use serde_json::Value;

/// The keywords that the function formats of `OpenAI` and Gemini share.
const KEYWORDS: [&str; 8] =
    ["type", "description", "properties", "required", "items", "enum", "minimum", "maximum"];

/// The schema of the arguments of a tool: one type for each field, and no references.
pub(crate) fn of<A: JsonSchema + 'static>() -> JsonObject {
    flat(&schema_for_type::<A>())
}

fn flat(schema: &JsonObject) -> JsonObject {
    let kept = schema.iter().filter(|(keyword, _)| KEYWORDS.contains(&keyword.as_str()));
    kept.map(|(keyword, value)| (keyword.clone(), flat_value(keyword, value))).collect()
}

fn flat_value(keyword: &str, value: &Value) -> Value {
    match (keyword, value) {
        // An optional field is one that is not required; null does not have to be allowed, too.
        ("type", Value::Array(types)) => {
            types.iter().find(|name| **name != "null").cloned().unwrap_or_default()
        }
        ("properties", Value::Object(fields)) => {
            fields.iter().map(|(name, field)| (name.clone(), flat_field(field))).collect()
        }
        ("items", items) => flat_field(items),
        _ => value.clone(),
    }
}

fn flat_field(field: &Value) -> Value {
    field.as_object().map(flat).map_or_else(|| field.clone(), Value::Object)
}
