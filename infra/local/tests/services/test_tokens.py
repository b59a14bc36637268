"""Tokens are issued as on hosted Supabase, and only such tokens are accepted."""

import time
import unittest

import jwt

from bellwether import keys
from bellwether.services.tokens import AUDIENCE, Tokens

ISSUER = "http://127.0.0.1:8787/auth/v1"
USER = {"email": "a@example.test", "app_metadata": {"provider": "email"}, "user_metadata": {"name": "A"}}


class TokensTest(unittest.TestCase):
    def setUp(self) -> None:
        self.keys = keys.generate()
        self.tokens = Tokens(self.keys, ISSUER)
        now = int(time.time())
        self.inner_claims = {
            "sub": "7b0c7c5e-0b0e-4a77-8e6c-1f6ff9d2a001",
            "aud": AUDIENCE,
            "role": "authenticated",
            "session_id": "s1",
            "iat": now,
            "exp": now + 3600,
        }
        self.inner = jwt.encode(self.inner_claims, self.keys.jwt_secret, "HS256")

    def test_a_session_gets_the_claims_of_hosted_supabase(self) -> None:
        claims = self.tokens.to_hosted(self.inner, USER)
        self.assertEqual((claims["iss"], claims["email"], claims["aal"]), (ISSUER, "a@example.test", "aal1"))
        self.assertEqual(claims["amr"], [{"method": "password", "timestamp": self.inner_claims["iat"]}])
        self.assertFalse(claims["is_anonymous"])

    def test_anyone_can_verify_a_signed_token_with_the_published_key(self) -> None:
        token = self.tokens.sign(self.tokens.to_hosted(self.inner, USER))
        (key,) = self.tokens.key_set()["keys"]
        self.assertEqual(jwt.get_unverified_header(token)["kid"], key["kid"])
        self.assertNotIn("d", key)
        self.assertEqual(
            jwt.decode(token, jwt.PyJWK(key), algorithms=["ES256"], audience=AUDIENCE)["role"], "authenticated"
        )

    def test_a_token_of_the_inner_kind_is_not_believed_outside(self) -> None:
        self.assertIsNone(self.tokens.verify(self.inner))

    def test_a_token_of_another_stack_is_not_believed(self) -> None:
        foreign = Tokens(keys.generate(), ISSUER)
        self.assertIsNone(self.tokens.verify(foreign.sign(self.tokens.to_hosted(self.inner, USER))))

    def test_an_expired_token_is_not_believed(self) -> None:
        claims = self.tokens.to_hosted(self.inner, USER)
        self.assertIsNone(self.tokens.verify(self.tokens.sign({**claims, "exp": int(time.time()) - 1})))

    def test_a_token_survives_the_way_in(self) -> None:
        claims = self.tokens.verify(self.tokens.sign(self.tokens.to_hosted(self.inner, USER)))
        assert claims is not None
        inner = jwt.decode(self.tokens.to_inner(claims), self.keys.jwt_secret, algorithms=["HS256"], audience=AUDIENCE)
        self.assertEqual((inner["sub"], inner["session_id"]), (self.inner_claims["sub"], "s1"))

    def test_the_service_token_is_kept_so_that_postgrest_can_remember_it(self) -> None:
        self.assertEqual(self.tokens.service_token(), self.tokens.service_token())
