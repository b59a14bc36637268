"""Standard Webhooks: signs and verifies messages (https://www.standardwebhooks.com)."""

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping

TOLERANCE = 300


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The signature of a message, with its version prefix."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = b".".join([message_id.encode(), str(timestamp).encode(), body])
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers(secret: str, message_id: str, body: bytes, now: float | None = None) -> dict[str, str]:
    """The three signature headers of a message."""
    timestamp = int(time.time() if now is None else now)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(secret, message_id, timestamp, body),
    }


def is_genuine(secret: str, given: Mapping[str, str], body: bytes, now: float | None = None) -> bool:
    """True if the message was signed with the secret within the tolerance."""
    try:
        timestamp = int(given.get("webhook-timestamp", ""))
    except ValueError:
        return False
    if abs((time.time() if now is None else now) - timestamp) > TOLERANCE:
        return False
    expected = sign(secret, given.get("webhook-id", ""), timestamp, body)
    candidates = given.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(expected, candidate) for candidate in candidates)
