//! The input schemas, checked against the parts of JSON Schema that the function formats of OpenAI
//! and Gemini accept. Many clients pass the schemas on to these models as they are.

use serde_json::{Value, json};

use super::sent;

/// The fields of `Schema` in the Gemini API.
const GEMINI: [&str; 19] = [
    "type",
    "format",
    "title",
    "description",
    "nullable",
    "enum",
    "maxItems",
    "minItems",
    "properties",
    "required",
    "propertyOrdering",
    "items",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "pattern",
    "anyOf",
    "default",
];
/// The keywords of an OpenAI function, without those that need strict mode.
const OPENAI: [&str; 15] = [
    "type",
    "description",
    "properties",
    "required",
    "items",
    "enum",
    "anyOf",
    "minimum",
    "maximum",
    "multipleOf",
    "pattern",
    "format",
    "minItems",
    "maxItems",
    "additionalProperties",
];
const TYPES: [&str; 5] = ["string", "number", "integer", "boolean", "array"];
/// The formats of Gemini.
const FORMATS: [(&str, &[&str]); 3] = [
    ("string", &["enum", "date-time"]),
    ("integer", &["int32", "int64"]),
    ("number", &["float", "double"]),
];
/// The limits of OpenAI.
const MAX_DEPTH: usize = 5;
const MAX_FIELDS: usize = 100;
const MAX_NAME: usize = 64;
const MAX_DESCRIPTION: usize = 1024;

/// What is wrong with a tool, each with its place.
fn faults(tool: &Value) -> Vec<String> {
    let name = tool["name"].as_str().unwrap_or_default();
    let mut faults = Vec::new();
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name.is_empty() || name.len() > MAX_NAME || !name.chars().all(is_word) {
        faults.push("the name is not a function name".to_owned());
    }
    let description = tool["description"].as_str().unwrap_or_default();
    if description.is_empty() || description.len() > MAX_DESCRIPTION {
        faults.push("the description is missing or too long".to_owned());
    }
    if tool["inputSchema"]["type"] != "object" {
        faults.push("the arguments are not an object".to_owned());
    }
    check(&tool["inputSchema"], "arguments", 1, &mut faults);
    faults
}

fn check(schema: &Value, place: &str, depth: usize, faults: &mut Vec<String>) {
    let Some(keywords) = schema.as_object() else {
        return faults.push(format!("{place} is not a schema"));
    };
    for keyword in keywords.keys().map(String::as_str) {
        if !GEMINI.contains(&keyword) || !OPENAI.contains(&keyword) {
            faults.push(format!("{place} has {keyword}"));
        }
    }
    if depth > MAX_DEPTH {
        faults.push(format!("{place} is nested too deeply"));
    }
    let kind = schema["type"].as_str();
    if let Some(format) = schema.get("format") {
        let known = FORMATS.iter().find(|(of, _)| Some(*of) == kind);
        if !known.is_some_and(|(_, known)| known.iter().any(|known| format == known)) {
            faults.push(format!("{place} has the format {format}"));
        }
    }
    match kind {
        Some("object") => check_fields(schema, place, depth, faults),
        Some("array") => check(&schema["items"], &format!("{place}[]"), depth + 1, faults),
        Some(kind) if TYPES.contains(&kind) => {}
        _ => faults.push(format!("{place} has the type {}", schema["type"])),
    }
    if let Some(values) = schema.get("enum") {
        let texts = values.as_array().is_some_and(|all| all.iter().all(Value::is_string));
        if kind != Some("string") || !texts {
            faults.push(format!("{place} has an enum of other values than texts"));
        }
    }
}

fn check_fields(schema: &Value, place: &str, depth: usize, faults: &mut Vec<String>) {
    let fields = schema["properties"].as_object().cloned().unwrap_or_default();
    if fields.is_empty() || fields.len() > MAX_FIELDS {
        faults.push(format!("{place} has no fields or too many"));
    }
    for (name, field) in &fields {
        check(field, &format!("{place}.{name}"), depth + 1, faults);
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !fields.contains_key(name) {
            faults.push(format!("{place} requires {name}"));
        }
    }
}

#[tokio::test]
async fn every_tool_can_be_passed_on_to_the_models_of_openai_and_gemini() {
    let message = sent("serve-mcp.list-tools").await.json();
    let tools = message["result"]["tools"].as_array().unwrap();
    for tool in tools {
        assert_eq!(faults(tool), [""; 0], "{}", tool["name"]);
    }
}

#[tokio::test]
async fn no_tool_needs_a_nullable_field() {
    let message = sent("serve-mcp.list-tools").await.json();
    for keyword in ["nullable", "anyOf", "oneOf", "$ref", "\"null\""] {
        assert!(!message.to_string().contains(keyword), "{keyword}: {message}");
    }
}

#[tokio::test]
async fn what_the_models_reject_is_a_fault() {
    for (field, expected) in [
        (json!({ "type": ["string", "null"] }), "arguments.a has the type [\"string\",\"null\"]"),
        (json!({ "$ref": "#/$defs/A", "type": "string" }), "arguments.a has $ref"),
        (json!({ "type": "integer", "format": "uint32" }), "arguments.a has the format \"uint32\""),
        (json!({ "type": "object", "properties": {} }), "arguments.a has no fields or too many"),
        (json!({ "type": "array" }), "arguments.a[] is not a schema"),
        (
            json!({ "type": "integer", "enum": [1] }),
            "arguments.a has an enum of other values than texts",
        ),
        (json!({ "description": "Anything." }), "arguments.a has the type null"),
    ] {
        let schema = json!({ "type": "object", "properties": { "a": field } });
        let tool = json!({ "name": "t", "description": "A tool.", "inputSchema": schema });
        assert_eq!(faults(&tool), [expected], "{tool}");
    }
}
