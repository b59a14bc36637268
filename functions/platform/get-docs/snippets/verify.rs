use aws_lc_rs::hmac; // or `ring::hmac`, which has the same functions
use base64::{Engine, prelude::BASE64_STANDARD};

const TOLERANCE_SECONDS: u64 = 5 * 60;

/// Whether a message comes from the holder of the secret, unchanged, at most five minutes before
/// `now`.
///
/// `header` finds a header by its name; `body` is the raw body, before any parsing; `now` is in
/// seconds since 1970.
pub fn is_genuine<'h>(
    secret: &str,
    header: impl Fn(&str) -> Option<&'h str>,
    body: &[u8],
    now: i64,
) -> bool {
    let message = || {
        let (id, timestamp) = (header("webhook-id")?, header("webhook-timestamp")?);
        let sent_at: i64 = timestamp.parse().ok()?;
        let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_")?).ok()?;
        let signed = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body].concat();
        Some((sent_at, hmac::Key::new(hmac::HMAC_SHA256, &key), signed))
    };
    let Some((sent_at, key, signed)) = message() else { return false };
    sent_at.abs_diff(now) <= TOLERANCE_SECONDS
        && header("webhook-signature").unwrap_or_default().split(' ').any(|signature| {
            let tag =
                signature.strip_prefix("v1,").and_then(|tag| BASE64_STANDARD.decode(tag).ok());
            tag.is_some_and(|tag| hmac::verify(&key, &signed, &tag).is_ok())
        })
}
