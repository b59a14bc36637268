//! The schemas of workflows: which are supported, and what matches them.

use serde_json::{Value, json};
use support::stack::Stack;

/// The first violation, as field and detail.
async fn violation(schema: &Value, value: &Value) -> Option<(String, String)> {
    let sql = "select v ->> 'field', v ->> 'detail'
        from private.schema_violation($1::text::jsonb, $2::text::jsonb, 'value') as v";
    let admin = Stack::running().admin().await;
    let row = admin.query_one(sql, &[&schema.to_string(), &value.to_string()]).await.unwrap();
    row.get::<_, Option<String>>(0).zip(row.get(1))
}

async fn problem(schema: &Value) -> Option<String> {
    let sql = "select private.schema_problem($1::text::jsonb)";
    let admin = Stack::running().admin().await;
    admin.query_one(sql, &[&schema.to_string()]).await.unwrap().get(0)
}

#[tokio::test]
async fn a_value_that_matches_its_schema_has_no_violation() {
    for (schema, value) in [
        (json!({}), json!({ "anything": [1, null] })),
        (json!({ "type": "object" }), json!({})),
        (json!({ "type": ["integer", "null"] }), json!(null)),
        (json!({ "type": "integer" }), json!(50.0)),
        (json!({ "type": "number" }), json!(1e-3)),
        (json!({ "enum": ["a", 1, null, [1]] }), json!([1])),
        (json!({ "enum": [1] }), json!(1.0)),
        (json!({ "const": { "a": 1 } }), json!({ "a": 1 })),
        (json!({ "minimum": 1, "maximum": 2 }), json!(2)),
        (json!({ "minimum": 1 }), json!("a text is not compared")),
        (json!({ "minLength": 2, "maxLength": 2 }), json!("äß")),
        (json!({ "minItems": 1, "maxItems": 1 }), json!([1])),
        (json!({ "required": ["a"] }), json!({ "a": null })),
        (json!({ "required": ["a"] }), json!("a text has no members")),
        (json!({ "properties": { "a": { "type": "string" } } }), json!({ "b": 1 })),
        (json!({ "additionalProperties": { "type": "string" } }), json!({ "b": "1" })),
        (json!({ "items": { "type": "string" } }), json!([])),
        (json!({ "title": "T", "description": "D", "default": 1, "examples": [1] }), json!(2)),
    ] {
        assert_eq!(problem(&schema).await, None, "{schema}");
        assert_eq!(violation(&schema, &value).await, None, "{schema} {value}");
    }
}

/// Schema and value, and the field and detail of the violation.
fn violations() -> Vec<(Value, Value, &'static str, &'static str)> {
    let nested = json!({ "properties": { "a": { "items": { "required": ["b"] } } } });
    vec![
        (json!({ "type": "object" }), json!([]), "value", "must be of the type object"),
        (
            json!({ "type": ["integer", "null"] }),
            json!("1"),
            "value",
            "must be of the type integer or null",
        ),
        (json!({ "type": "integer" }), json!(1.5), "value", "must be of the type integer"),
        (json!({ "type": "string" }), json!(null), "value", "must be of the type string"),
        (json!({ "enum": ["a", 1] }), json!("b"), "value", r#"must be one of "a", 1"#),
        (json!({ "const": "a" }), json!("b"), "value", r#"must be "a""#),
        (json!({ "minimum": 1 }), json!(0.9), "value", "must be at least 1"),
        (json!({ "maximum": 365 }), json!(366), "value", "must be at most 365"),
        (json!({ "exclusiveMinimum": 0 }), json!(0), "value", "must be more than 0"),
        (json!({ "exclusiveMaximum": 1 }), json!(1), "value", "must be less than 1"),
        (json!({ "minLength": 3 }), json!("äß"), "value", "must have at least 3 characters"),
        (json!({ "maxLength": 1 }), json!("äß"), "value", "must have at most 1 characters"),
        (json!({ "minItems": 1 }), json!([]), "value", "must have at least 1 items"),
        (json!({ "maxItems": 1 }), json!([1, 2]), "value", "must have at most 1 items"),
        (json!({ "required": ["a"] }), json!({ "b": 1 }), "value.a", "is required"),
        (
            json!({ "properties": { "a": {} }, "additionalProperties": false }),
            json!({ "a": 1, "b": 1 }),
            "value.b",
            "is not a known field",
        ),
        (
            json!({ "additionalProperties": { "type": "string" } }),
            json!({ "b": 1 }),
            "value.b",
            "must be of the type string",
        ),
        (nested, json!({ "a": [{ "b": 1 }, {}] }), "value.a[1].b", "is required"),
    ]
}

#[tokio::test]
async fn the_first_violation_names_the_field_and_what_the_schema_asks_for() {
    for (schema, value, field, detail) in violations() {
        assert_eq!(problem(&schema).await, None, "{schema}");
        let expected = Some((field.to_owned(), detail.to_owned()));
        assert_eq!(violation(&schema, &value).await, expected, "{schema} {value}");
    }
}

/// A schema with so many levels.
fn nested(levels: usize) -> Value {
    (1..levels).fold(json!({}), |schema, _| json!({ "items": schema }))
}

#[tokio::test]
async fn a_schema_outside_the_subset_or_the_caps_is_not_supported() {
    let malformed = |keyword: &str| {
        format!("The keyword {keyword} is not supported, or its value is malformed.")
    };
    for (schema, problem_of) in [
        (json!([]), "A schema must be an object.".to_owned()),
        (json!({ "pattern": "^a" }), malformed("pattern")),
        (json!({ "$ref": "#/definitions/a" }), malformed("$ref")),
        (json!({ "oneOf": [] }), malformed("oneOf")),
        (json!({ "type": "text" }), malformed("type")),
        (json!({ "type": [] }), malformed("type")),
        (json!({ "type": [["string"]] }), malformed("type")),
        (json!({ "enum": "a" }), malformed("enum")),
        (json!({ "enum": [] }), malformed("enum")),
        (json!({ "required": [1] }), malformed("required")),
        (json!({ "minimum": "1" }), malformed("minimum")),
        (json!({ "minLength": -1 }), malformed("minLength")),
        (json!({ "items": [{}] }), malformed("items")),
        (json!({ "properties": { "a": true } }), "A schema must be an object.".to_owned()),
        (json!({ "properties": { "a": { "format": "date" } } }), malformed("format")),
        (json!({ "additionalProperties": { "not": {} } }), malformed("not")),
        (nested(9), "The schema is nested more than 8 levels deep.".to_owned()),
        (
            json!({ "title": "x".repeat(16 * 1024) }),
            "The schema is longer than 16384 bytes.".to_owned(),
        ),
    ] {
        assert_eq!(problem(&schema).await, Some(problem_of), "{schema:.80}");
    }
    assert_eq!(problem(&nested(8)).await, None);
}

#[tokio::test]
async fn a_workflow_cannot_have_an_unsupported_schema() {
    let stack = Stack::running();
    let workflow = stack.add_workflow("schemas", true).await;
    for column in ["parameters_schema", "result_schema"] {
        let sql =
            format!("update public.workflows set {column} = '{{\"not\": {{}}}}' where name = $1");
        let error = stack.admin().await.execute(&sql, &[&workflow]).await.unwrap_err();
        let rule = error.as_db_error().unwrap().constraint();
        assert_eq!(rule, Some(format!("{column}_is_supported").as_str()));
    }
}
