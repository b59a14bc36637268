//! Standard Webhooks signatures.

use jiff::Timestamp;
use secrecy::SecretString;
use shared::webhook::{SignatureError, SignedHeaders, WebhookKeys};

/// base64 of "0123456789abcdef0123456789abcdef".
const SECRET: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
/// base64 of "fedcba9876543210fedcba9876543210".
const OTHER: &str = "whsec_ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=";
const BODY: &[u8] = br#"{"type":"analysis.succeeded"}"#;
/// Made with Python's `hmac`: id `msg_1`, timestamp 1772443800, the body above and the secret
/// above.
const SIGNATURE: &str = "v1,lfNJYseeVhPKpT1CHZTk3lRozBPBQrK8ZNlySwITDkI=";

fn keys(secrets: &[&str]) -> WebhookKeys {
    let secrets: Vec<SecretString> =
        secrets.iter().map(|secret| SecretString::from(*secret)).collect();
    WebhookKeys::parse(&secrets).unwrap()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn verify(
    keys: &WebhookKeys,
    timestamp: &str,
    signature: &str,
    body: &[u8],
    now: i64,
) -> Result<(), SignatureError> {
    keys.verify(SignedHeaders { id: "msg_1", timestamp, signature }, body, at(now))
}

#[test]
fn a_message_signed_by_another_implementation_is_accepted() {
    assert_eq!(verify(&keys(&[SECRET]), "1772443800", SIGNATURE, BODY, 1_772_443_800), Ok(()));
}

/// The example that the Standard Webhooks libraries are tested with.
#[test]
fn the_published_example_has_the_published_signature() {
    let published = keys(&["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]);
    let (id, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", br#"{"test": 2432232314}"#);
    let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    let headers = SignedHeaders { id, timestamp: "1614265330", signature };
    assert_eq!(published.verify(headers, body, at(1_614_265_330)), Ok(()));
    assert_eq!(published.sign(id, at(1_614_265_330), body).unwrap(), signature);
}

#[test]
fn our_signature_is_that_of_another_implementation() {
    assert_eq!(keys(&[SECRET]).sign("msg_1", at(1_772_443_800), BODY).unwrap(), SIGNATURE);
}

/// One side has another secret first, or still only the old one, or already only the new one.
#[test]
fn a_message_is_accepted_when_the_two_sides_share_a_secret() {
    let sides: [&[&str]; 4] = [&[SECRET], &[OTHER], &[SECRET, OTHER], &[OTHER, SECRET]];
    for sender in sides {
        let signature = keys(sender).sign("msg_1", at(1_772_443_800), BODY).unwrap();
        assert_eq!(signature.split(' ').count(), sender.len(), "{signature}");
        for receiver in sides {
            let shared = sender.iter().any(|secret| receiver.contains(secret));
            let expected = if shared { Ok(()) } else { Err(SignatureError::NoMatch) };
            let verified = verify(&keys(receiver), "1772443800", &signature, BODY, 1_772_443_800);
            assert_eq!(verified, expected, "{sender:?} to {receiver:?}");
        }
    }
}

#[test]
fn the_signatures_are_in_the_order_of_the_secrets() {
    let signature = keys(&[SECRET, OTHER]).sign("msg_1", at(1_772_443_800), BODY).unwrap();
    let other = keys(&[OTHER]).sign("msg_1", at(1_772_443_800), BODY).unwrap();
    assert_eq!(signature, format!("{SIGNATURE} {other}"));
}

#[test]
fn without_a_secret_nothing_is_signed() {
    assert_eq!(keys(&[]).sign("msg_1", at(1_772_443_800), BODY), None);
}

#[test]
fn one_of_several_signatures_is_enough() {
    let both = format!("v1,AAAA v2,{0} {SIGNATURE}", "AAAA");
    assert_eq!(verify(&keys(&[SECRET]), "1772443800", &both, BODY, 1_772_443_800), Ok(()));
}

#[test]
fn a_changed_body_id_time_or_secret_does_not_match() {
    let ours = keys(&[SECRET]);
    let no_match = Err(SignatureError::NoMatch);
    assert_eq!(verify(&ours, "1772443800", SIGNATURE, b"{}", 1_772_443_800), no_match);
    assert_eq!(verify(&ours, "1772443801", SIGNATURE, BODY, 1_772_443_800), no_match);
    assert_eq!(verify(&keys(&[OTHER]), "1772443800", SIGNATURE, BODY, 1_772_443_800), no_match);
    let headers = SignedHeaders { id: "msg_2", timestamp: "1772443800", signature: SIGNATURE };
    assert_eq!(ours.verify(headers, BODY, at(1_772_443_800)), no_match);
    for signature in ["", "v1", "v1,", "v1,not base64", &SIGNATURE[3..]] {
        assert_eq!(
            verify(&ours, "1772443800", signature, BODY, 1_772_443_800),
            no_match,
            "{signature}"
        );
    }
}

#[test]
fn five_minutes_are_tolerated_both_ways_and_not_a_second_more() {
    let ours = keys(&[SECRET]);
    for now in [1_772_443_800 - 300, 1_772_443_800 + 300] {
        assert_eq!(verify(&ours, "1772443800", SIGNATURE, BODY, now), Ok(()), "{now}");
    }
    for now in [1_772_443_800 - 301, 1_772_443_800 + 301] {
        let outside = Err(SignatureError::OutsideTolerance);
        assert_eq!(verify(&ours, "1772443800", SIGNATURE, BODY, now), outside, "{now}");
    }
}

#[test]
fn an_impossible_timestamp_is_an_error_and_no_panic() {
    let ours = keys(&[SECRET]);
    for timestamp in ["9223372036854775807", "-9223372036854775808"] {
        let outside = Err(SignatureError::OutsideTolerance);
        assert_eq!(
            verify(&ours, timestamp, SIGNATURE, BODY, 1_772_443_800),
            outside,
            "{timestamp}"
        );
    }
    for timestamp in ["", "soon", "1e9", "9223372036854775808"] {
        let invalid = Err(SignatureError::InvalidTimestamp);
        assert_eq!(
            verify(&ours, timestamp, SIGNATURE, BODY, 1_772_443_800),
            invalid,
            "{timestamp}"
        );
    }
}

#[test]
fn a_body_need_not_be_text() {
    let ours = keys(&[SECRET]);
    let signature = ours.sign("msg_1", at(1_772_443_800), b"\xff\x00").unwrap();
    assert_eq!(verify(&ours, "1772443800", &signature, b"\xff\x00", 1_772_443_800), Ok(()));
}

#[test]
fn an_invalid_secret_is_an_error_that_does_not_reveal_it() {
    for secret in ["", "whsec_", "whsec_c2hvcnQ=", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="] {
        let error = WebhookKeys::parse(&[SecretString::from(secret)]).unwrap_err().to_string();
        assert!(error.contains("WEBHOOK_SECRETS"), "{error}");
        assert!(secret.is_empty() || secret == "whsec_" || !error.contains(secret), "{error}");
    }
}
