//! Numbers and ids as workflows write them.

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use super::{NotStorable, StorableText};

/// Characters of the longest id.
const MAX_ID: usize = 200;
/// Up to here, every whole number is a distinct `f64`.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// A whole number. `50.0` is one, too: some languages write every number with a fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Number")]
pub struct WholeNumber(i64);

/// n8n's id of a run, written as text or as a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "String")]
pub struct ExecutionId(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number")]
pub struct NotWhole;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAnExecutionId {
    #[error("must be a text or a whole number")]
    Shape,
    #[error("must have 1 to {MAX_ID} characters")]
    Length,
    #[error(transparent)]
    NotStorable(#[from] NotStorable),
}

impl WholeNumber {
    pub fn get(self) -> i64 {
        self.0
    }
}

impl TryFrom<Number> for WholeNumber {
    type Error = NotWhole;

    fn try_from(number: Number) -> Result<Self, NotWhole> {
        if let Some(whole) = number.as_i64() {
            return Ok(Self(whole));
        }
        let whole = number.as_f64().filter(|it| it.fract() == 0.0 && it.abs() <= MAX_EXACT);
        whole.and_then(|it| format!("{it:.0}").parse().ok()).map(Self).ok_or(NotWhole)
    }
}

impl ExecutionId {
    pub fn into_string(self) -> String {
        self.0
    }
}

impl TryFrom<Value> for ExecutionId {
    type Error = NotAnExecutionId;

    fn try_from(value: Value) -> Result<Self, NotAnExecutionId> {
        let text = match value {
            Value::String(text) => StorableText::try_from(text)?.into_string(),
            Value::Number(number) => {
                let whole = WholeNumber::try_from(number).map_err(|_| NotAnExecutionId::Shape)?;
                whole.get().to_string()
            }
            _ => return Err(NotAnExecutionId::Shape),
        };
        if (1..=MAX_ID).contains(&text.chars().count()) {
            Ok(Self(text))
        } else {
            Err(NotAnExecutionId::Length)
        }
    }
}

impl From<ExecutionId> for String {
    fn from(id: ExecutionId) -> Self {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use serde_json::from_str;

    use super::*;

    fn whole(json: &str) -> Option<i64> {
        from_str::<WholeNumber>(json).ok().map(WholeNumber::get)
    }

    fn id(json: &str) -> Option<String> {
        from_str::<ExecutionId>(json).ok().map(ExecutionId::into_string)
    }

    #[test]
    fn a_whole_number_may_have_a_fraction_of_zero() {
        for (json, number) in
            [("50", 50), ("50.0", 50), ("5e1", 50), ("-0.0", 0), ("9007199254740993", MAX + 1)]
        {
            assert_eq!(whole(json), Some(number), "{json}");
        }
        for other in ["50.5", "1e300", "\"50\"", "null", "[50]"] {
            assert_eq!(whole(other), None, "{other}");
        }
    }

    const MAX: i64 = 9_007_199_254_740_992;

    #[test]
    fn an_execution_id_is_a_text_or_a_whole_number() {
        for json in ["\"1042\"", "1042", "1042.0"] {
            assert_eq!(id(json).as_deref(), Some("1042"), "{json}");
        }
        for other in ["\"\"", "\"\\u0000\"", "10.5", "null", "{}", "[\"1042\"]"] {
            assert_eq!(id(other), None, "{other}");
        }
        assert_eq!(id(&format!("\"{}\"", "x".repeat(201))), None);
    }
}
