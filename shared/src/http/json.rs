//! JSON bodies of requests.

use http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::problem::Problem;

/// Parses a JSON object. 400 when it is not JSON; 422 with the name of the field when it does not
/// match the schema. `T` has an `Option` for each optional field, so that null counts as left out.
pub fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let parsed = serde_path_to_error::deserialize(&mut deserializer);
    // Serde reports some values that do not fit as invalid JSON, e.g. a number of too many digits.
    if parsed.is_err() || deserializer.end().is_err() {
        serde_json::from_slice::<&RawValue>(bytes).map_err(|error| malformed(&error))?;
    }
    // Serde would accept an array for a struct.
    if !bytes.trim_ascii_start().starts_with(b"{") {
        return Err(invalid(".", "must be an object"));
    }
    parsed.map_err(|error| {
        let (path, error) = (error.path().to_string(), error.inner().to_string());
        invalid(&field(&path, &error), error)
    })
}

/// The path of a field. For a missing field, serde has the name in its message only.
fn field(path: &str, error: &str) -> String {
    let missing = error.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    match (path, missing) {
        (".", Some(name)) => name.to_owned(),
        (path, Some(name)) => format!("{path}.{name}"),
        (path, None) => path.to_owned(),
    }
}

fn invalid(field: &str, detail: impl Into<String>) -> Problem {
    let all = "The request body does not match the schema.";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "validation_failed", all).with_field(
        field,
        "invalid_shape",
        detail,
    )
}

fn malformed(error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    let detail = format!("The request body is not valid JSON (line {line}, column {column}).");
    Problem::new(StatusCode::BAD_REQUEST, "malformed_body", detail)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only deserialised")]
    struct Outer {
        inner: Inner,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only deserialised")]
    struct Inner {
        number: u8,
        unit: Option<Unit>,
    }

    #[derive(Debug, Deserialize)]
    enum Unit {
        Day,
    }

    fn refusal(text: &str) -> (u16, String) {
        let problem = parse_json::<Outer>(text.as_bytes()).unwrap_err();
        let body = problem.status().as_u16();
        let json = serde_json::to_value(problem).unwrap();
        (body, json["errors"][0]["field"].as_str().unwrap_or_default().to_owned())
    }

    #[test]
    fn a_missing_or_wrong_field_is_named() {
        assert_eq!(refusal("{}"), (422, "inner".to_owned()));
        assert_eq!(refusal(r#"{"inner": {}}"#), (422, "inner.number".to_owned()));
        assert_eq!(refusal(r#"{"inner": {"number": "1"}}"#), (422, "inner.number".to_owned()));
    }

    #[test]
    fn valid_json_is_never_malformed() {
        for (inner, field) in [
            (r#"{"number": 1, "unit": 7}"#, "inner.unit"),
            (r#"{"number": 1, "unit": true}"#, "inner.unit"),
            (r#"{"number": 1, "unit": "\ud800"}"#, "inner.unit"),
            (r#"{"number": 1e999}"#, "inner.number"),
            (r#"{"number": 123456789012345678901234567890}"#, "inner.number"),
        ] {
            let found = refusal(&format!(r#"{{"inner": {inner}}}"#));
            assert_eq!(found, (422, field.to_owned()), "{inner}");
        }
        let no_text = [br#"{"inner": {"number": ""#.as_slice(), b"\xff\"}}"].concat();
        assert_eq!(parse_json::<Outer>(&no_text).unwrap_err().code(), "malformed_body");
        let deep = format!(r#"{{"inner": {}1{}}}"#, "[".repeat(200), "]".repeat(200));
        assert_eq!(refusal(&deep).0, 422);
    }

    #[test]
    fn a_body_must_be_an_object() {
        for other in [r#"[{"number": 1}]"#, "[[1]]", "1", "\"inner\"", " null"] {
            assert_eq!(refusal(other), (422, ".".to_owned()), "{other}");
        }
        for no_json in ["", " ", "[", "{", r#"{"inner": {"number": 1}} {}"#, "inner"] {
            assert_eq!(refusal(no_json).0, 400, "{no_json}");
        }
    }
}
