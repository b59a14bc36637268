//! Trace context (W3C), carried from a request through queues and webhooks to n8n and back.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A valid `traceparent` header, version 00: `00-<trace id>-<span id>-<flags>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TraceParent(String);

/// The text is no `traceparent`.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a traceparent header of version 00")]
pub struct NotATraceParent;

impl FromStr for TraceParent {
    type Err = NotATraceParent;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split('-');
        let mut next = |length: usize| {
            let hex = |part: &&str| {
                part.len() == length && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
            };
            parts.next().filter(hex).ok_or(NotATraceParent)
        };
        let (version, trace, span, _flags) = (next(2)?, next(32)?, next(16)?, next(2)?);
        let is_zero = |id: &str| id.bytes().all(|b| b == b'0');
        if version != "00" || is_zero(trace) || is_zero(span) || parts.next().is_some() {
            return Err(NotATraceParent);
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for TraceParent {
    type Error = NotATraceParent;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<TraceParent> for String {
    fn from(trace: TraceParent) -> Self {
        trace.0
    }
}

impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_valid_header_is_carried_unchanged() {
        let text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert_eq!(text.parse::<TraceParent>().map(|trace| trace.to_string()), Ok(text.to_owned()));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
        ] {
            assert_eq!(text.parse::<TraceParent>(), Err(NotATraceParent), "{text}");
        }
    }
}
