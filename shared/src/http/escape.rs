//! Parses events, also those of requests that are not valid HTTP.

use std::fmt::Write;

use http::{HeaderValue, header};
use lambda_http::{aws_lambda_events::apigw::ApiGatewayV2httpRequest, request::LambdaRequest};
use serde_json::{Error, Value, value::RawValue};

/// Percent-encodes characters that a URL cannot have, such as `"` and `<`. Some clients send them
/// unencoded, and API Gateway decodes the path. `lambda_http` panics on them, and on a host or a
/// scheme that a URL cannot have. Nothing reads these two: they are constants.
pub(super) fn parse(json: &RawValue) -> Result<LambdaRequest, Error> {
    let mut event: ApiGatewayV2httpRequest =
        serde_json::from_str(json.get()).or_else(|_| with_valid_headers(json))?;
    for text in [&mut event.raw_path, &mut event.raw_query_string].into_iter().flatten() {
        *text = escaped(text);
    }
    event.headers.insert(header::HOST, HeaderValue::from_static("localhost"));
    event.headers.insert("x-forwarded-proto", HeaderValue::from_static("https"));
    Ok(LambdaRequest::ApiGatewayV2(event))
}

/// Drops headers with control characters.
fn with_valid_headers(json: &RawValue) -> Result<ApiGatewayV2httpRequest, Error> {
    let mut event: Value = serde_json::from_str(json.get())?;
    if let Some(headers) = event.get_mut("headers").and_then(Value::as_object_mut) {
        headers.retain(|_, value| value.as_str().is_none_or(|v| HeaderValue::try_from(v).is_ok()));
    }
    serde_json::from_value(event)
}

fn escaped(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut escaped, byte| {
        if byte.is_ascii_graphic() && !b"\"#<>\\^`{|}".contains(&byte) {
            escaped.push(byte.into());
        } else {
            // Writing to a string does not fail.
            _ = write!(escaped, "%{byte:02X}");
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use lambda_http::RequestExt;

    use super::*;

    /// The request of an event with this header.
    fn with_header(name: &str, text: &str) -> lambda_http::Request {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../events/get-metrics.json");
        let mut event: Value =
            serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        event["rawQueryString"] = "a=1".into();
        event["headers"][name] = text.into();
        parse(&serde_json::value::to_raw_value(&event).unwrap()).unwrap().into()
    }

    #[test]
    fn no_host_or_scheme_panics() {
        let hosts = ["a:99999", "[::1", "x%y", "a b", "", "xn--a", "1.2.3.4.5", "/", "?", "#", "@"];
        let schemes = ["https,https", "https, http", "", "a b", "http", "file"];
        let hosts = hosts.map(|host| ("host", host));
        for (name, text) in hosts.into_iter().chain(schemes.map(|it| ("x-forwarded-proto", it))) {
            let request = with_header(name, text);
            assert_eq!(request.raw_http_path(), "/v1/stocks/AAPL/metrics", "{name}: {text}");
            assert_eq!(request.uri().query(), Some("a=1"), "{name}: {text}");
        }
    }

    #[test]
    fn a_header_with_a_control_character_is_dropped() {
        for text in ["a\nb", "\u{7f}", "\0"] {
            let request = with_header("x-request-id", text);
            assert_eq!(request.headers().get("x-request-id"), None, "{text:?}");
            assert!(request.headers().contains_key("accept"));
        }
        for text in ["a\tb", "caf\u{e9}"] {
            let request = with_header("x-request-id", text);
            assert_eq!(request.headers()["x-request-id"].as_bytes(), text.as_bytes());
        }
    }

    #[test]
    fn a_valid_url_stays_as_it_is() {
        for text in ["", "/v1/stocks/BRK.B", "q=caf%C3%A9&sort=-as_of,name&a[]=1!'()*", "%", "%zz"]
        {
            assert_eq!(escaped(text), text);
        }
    }

    #[test]
    fn invalid_characters_are_percent_encoded() {
        assert_eq!(escaped("q=\"apple\""), "q=%22apple%22");
        assert_eq!(
            escaped("/v1/stocks/A<b> \u{e9}#\\^`{|}"),
            "/v1/stocks/A%3Cb%3E%20%C3%A9%23%5C%5E%60%7B%7C%7D"
        );
    }
}
