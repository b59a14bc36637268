//! The input schemas of the tools, in the subset of JSON Schema that clients can pass on to models:
//! one type for each field, and no references.

use rmcp::model::JsonObject;
use serde_json::{Value, json};

use crate::arguments::Argument;

/// The schema of the arguments of a tool.
pub(crate) fn of(arguments: &[Argument]) -> JsonObject {
    let properties: JsonObject = arguments.iter().map(property).collect();
    let mut schema = JsonObject::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), properties.into());
    let required = arguments.iter().filter(|argument| argument.required);
    let required: Vec<_> = required.map(|argument| argument.name).collect();
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    schema
}

fn property(argument: &Argument) -> (String, Value) {
    let mut schema = argument.shape.schema();
    schema["description"] = argument.description.into();
    (argument.name.to_owned(), schema)
}
