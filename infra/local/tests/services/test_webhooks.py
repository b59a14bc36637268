"""Signatures are those of Standard Webhooks."""

import unittest

from bellwether.services import webhooks

SECRET = "whsec_plJ3nmyCDGBKInavdOK15jsl"  # the example of the specification
BODY = b'{"event_type":"ping","data":{"success":true}}'
SENT_AT = 1_731_705_121
HEADERS = {
    "webhook-id": "msg_loFOjxBNrRLzqYUf",
    "webhook-timestamp": str(SENT_AT),
    "webhook-signature": "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=",
}


class WebhooksTest(unittest.TestCase):
    def test_a_message_is_signed_as_in_the_specification(self) -> None:
        self.assertEqual(webhooks.headers(SECRET, HEADERS["webhook-id"], BODY, SENT_AT), HEADERS)

    def test_one_good_signature_among_several_is_enough(self) -> None:
        rotated = {**HEADERS, "webhook-signature": f"v1,AAAA {HEADERS['webhook-signature']}"}
        self.assertTrue(webhooks.is_genuine(SECRET, rotated, BODY, SENT_AT))

    def test_a_changed_body_is_refused(self) -> None:
        self.assertFalse(webhooks.is_genuine(SECRET, HEADERS, BODY + b" ", SENT_AT))

    def test_an_old_message_is_refused(self) -> None:
        self.assertFalse(webhooks.is_genuine(SECRET, HEADERS, BODY, SENT_AT + webhooks.TOLERANCE + 1))

    def test_a_message_without_signature_is_refused(self) -> None:
        self.assertFalse(webhooks.is_genuine(SECRET, {}, BODY, SENT_AT))
