//! The shapes of arguments: their part of a schema, and their text.

use std::collections::BTreeMap;

use serde_json::{Value, json, value::RawValue};

/// Arguments as they were sent: parsed values would have other numbers.
pub(crate) type Given = BTreeMap<String, Box<RawValue>>;

/// The values that an argument takes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    Text,
    /// True or false.
    Flag,
    /// An integer from the first to the second number.
    Integer(u32, u32),
    /// One of these.
    Choice(&'static [&'static str]),
    /// A list of texts.
    List,
    /// A list of any of these.
    Choices(fn() -> Vec<String>),
    /// A list of conditions on fields, e.g. `rsi_14.lt=30`.
    Conditions,
    /// A JSON object as a text: not every model can be given an object without known fields.
    Object,
}

impl Shape {
    /// In the subset of JSON Schema that the function formats of `OpenAI` and Gemini share.
    pub(crate) fn schema(self) -> Value {
        let texts = json!({ "type": "string" });
        match self {
            Self::Text | Self::Object => texts,
            Self::Flag => json!({ "type": "boolean" }),
            Self::Integer(min, max) => json!({ "type": "integer", "minimum": min, "maximum": max }),
            Self::Choice(choices) => json!({ "type": "string", "enum": choices }),
            Self::List | Self::Conditions => json!({ "type": "array", "items": texts }),
            Self::Choices(choices) => {
                json!({ "type": "array", "items": { "type": "string", "enum": choices() } })
            }
        }
    }

    /// The value of a query parameter; empty for null. The items of a list are separated by commas,
    /// conditions by line feeds. The error names the accepted values.
    pub(crate) fn text(self, json: &RawValue) -> Result<String, String> {
        let text = match self {
            Self::List | Self::Choices(_) => list(json, ","),
            Self::Conditions => conditions(json),
            Self::Object => object(json),
            Self::Text | Self::Flag | Self::Integer(..) | Self::Choice(_) => scalar(json),
        };
        text.ok_or_else(|| self.expected())
    }

    fn expected(self) -> String {
        match self {
            Self::Text => "must be a text".to_owned(),
            Self::Flag => "must be true or false".to_owned(),
            Self::Integer(min, max) => format!("must be an integer from {min} to {max}"),
            Self::Choice(choices) => format!("must be one of {}", choices.join(", ")),
            Self::List => "must be a list of texts".to_owned(),
            Self::Choices(choices) => format!("must be a list of any of {}", choices().join(", ")),
            Self::Conditions => {
                "must be a list of conditions, such as [\"rsi_14.lt=30\"]".to_owned()
            }
            Self::Object => "must be a JSON object, or its text".to_owned(),
        }
    }
}

/// `None` for a list or an object.
fn scalar(json: &RawValue) -> Option<String> {
    match json.get() {
        "null" => Some(String::new()),
        text if text.starts_with('"') => serde_json::from_str(text).ok(),
        text if text.starts_with(['[', '{']) => None,
        text => Some(whole(text).unwrap_or_else(|| text.to_owned())),
    }
}

/// A whole number without point and exponent, as some clients write one: 30.0 is 30.
fn whole(number: &str) -> Option<String> {
    if !number.contains(['e', 'E']) {
        let (whole, fraction) = number.split_once('.')?;
        return fraction.bytes().all(|digit| digit == b'0').then(|| whole.to_owned());
    }
    let number: f64 = number.parse().ok()?;
    (number.fract() == 0.0 && number.abs() < 1e15).then(|| format!("{number:.0}"))
}

/// A list, or a text that has one item or is joined already.
fn list(json: &RawValue, separator: &str) -> Option<String> {
    if !json.get().starts_with('[') {
        return scalar(json);
    }
    let items: Vec<Box<RawValue>> = serde_json::from_str(json.get()).ok()?;
    let texts: Option<Vec<_>> = items.iter().map(|item| scalar(item)).collect();
    Some(texts?.join(separator))
}

/// Conditions as texts, or by field as in `{"rsi_14.lt": 30}`, where a null is left out.
fn conditions(json: &RawValue) -> Option<String> {
    if !json.get().starts_with('{') {
        return list(json, "\n");
    }
    let bounds: Given = serde_json::from_str(json.get()).ok()?;
    let given = bounds.iter().filter(|(_, bound)| bound.get() != "null");
    let texts: Option<Vec<_>> =
        given.map(|(name, bound)| Some(format!("{name}={}", scalar(bound)?))).collect();
    Some(texts?.join("\n"))
}

fn object(json: &RawValue) -> Option<String> {
    let text = scalar(json).unwrap_or_else(|| json.get().to_owned());
    let json: Option<&RawValue> = serde_json::from_str(&text).ok();
    let is_object = json.is_some_and(|json| json.get().starts_with('{'));
    (is_object || text.is_empty()).then_some(text)
}
