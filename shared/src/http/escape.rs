//! Escapes paths and queries with characters that a URL cannot have.

use std::fmt::Write;

use lambda_http::request::LambdaRequest;

/// Percent-encodes characters that a URL cannot have, such as `"` and `<`. Some clients send them
/// unencoded, and API Gateway decodes the path. `lambda_http` panics on them.
pub(super) fn escape(event: &mut LambdaRequest) {
    if let LambdaRequest::ApiGatewayV2(event) = event {
        for text in [&mut event.raw_path, &mut event.raw_query_string].into_iter().flatten() {
            if let Some(escaped) = escaped(text) {
                *text = escaped;
            }
        }
    }
}

/// `None` when there is nothing to escape.
fn escaped(text: &str) -> Option<String> {
    if text.bytes().all(is_allowed) {
        return None;
    }
    Some(text.bytes().fold(String::with_capacity(text.len() + 16), |mut escaped, byte| {
        if is_allowed(byte) {
            escaped.push(byte.into());
        } else {
            // Writing to a string does not fail.
            _ = write!(escaped, "%{byte:02X}");
        }
        escaped
    }))
}

fn is_allowed(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"\"#<>\\^`{|}".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_valid_url_stays_as_it_is() {
        for text in ["", "/v1/stocks/BRK.B", "q=caf%C3%A9&sort=-as_of,name&a[]=1!'()*", "%", "%zz"]
        {
            assert_eq!(escaped(text), None, "{text}");
        }
    }

    #[test]
    fn invalid_characters_are_percent_encoded() {
        assert_eq!(escaped("q=\"apple\"").as_deref(), Some("q=%22apple%22"));
        assert_eq!(
            escaped("/v1/stocks/A<b> \u{e9}#\\^`{|}").as_deref(),
            Some("/v1/stocks/A%3Cb%3E%20%C3%A9%23%5C%5E%60%7B%7C%7D")
        );
    }
}
