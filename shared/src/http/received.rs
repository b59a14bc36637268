//! Events as API Gateway hands them on.

use std::fmt::Write;

use lambda_http::request::LambdaRequest;

/// Escapes what an address must not have, such as `"` and `<`: clients send it as it is, and API Gateway even hands on the path
/// decoded. `lambda_http` would take it for a bug, and panic.
pub(super) fn make_addressable(event: &mut LambdaRequest) {
    if let LambdaRequest::ApiGatewayV2(event) = event {
        for text in [&mut event.raw_path, &mut event.raw_query_string].into_iter().flatten() {
            if let Some(escaped) = escaped(text) {
                *text = escaped;
            }
        }
    }
}

/// `None` when nothing has to be escaped.
fn escaped(text: &str) -> Option<String> {
    let is_allowed = |byte: u8| byte.is_ascii_graphic() && !b"\"#<>\\^`{|}".contains(&byte);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_address_may_have_stays() {
        for text in ["", "/v1/stocks/BRK.B", "q=caf%C3%A9&sort=-as_of,name&a[]=1!'()*", "%", "%zz"] {
            assert_eq!(escaped(text), None, "{text}");
        }
    }

    #[test]
    fn what_it_may_not_have_is_escaped() {
        assert_eq!(escaped("q=\"apple\"").as_deref(), Some("q=%22apple%22"));
        assert_eq!(
            escaped("/v1/stocks/A<b> \u{e9}#\\^`{|}").as_deref(),
            Some("/v1/stocks/A%3Cb%3E%20%C3%A9%23%5C%5E%60%7B%7C%7D")
        );
    }
}
