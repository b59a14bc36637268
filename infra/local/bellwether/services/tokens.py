"""User tokens as on hosted Supabase: signed with ES256, with a published key and the project's custom claims."""

import time
from dataclasses import dataclass, field
from typing import Any

import jwt

from bellwether.keys import Keys

AUDIENCE = "authenticated"
SERVICE_TOKEN_LIFETIME = 3600
INNER_CLAIMS = {"sub", "aud", "role", "email", "session_id", "iat", "exp"}
Claims = dict[str, Any]


@dataclass
class Tokens:
    """Signs, verifies and translates the tokens of one stack."""

    keys: Keys
    issuer: str
    _service: tuple[str, float] = field(default=("", 0.0), init=False)

    def __post_init__(self) -> None:
        """Read the public key once."""
        self._public = jwt.PyJWK(self.keys.public_jwk())

    def key_set(self) -> dict[str, Any]:
        """The public JWKS."""
        return {"keys": [self.keys.public_jwk()]}

    def sign(self, claims: Claims) -> str:
        """A token as signed by hosted Supabase."""
        return jwt.encode(claims, self.keys.jwt_private_key, "ES256", headers={"kid": self.keys.jwt_key_id})

    def verify(self, token: str) -> Claims | None:
        """The claims of a valid token of this stack, or None."""
        try:
            return jwt.decode(token, self._public, algorithms=["ES256"], audience=AUDIENCE, issuer=self.issuer)
        except jwt.InvalidTokenError:
            return None

    def service_token(self) -> str:
        """The service_role token for the secret key; reused, because PostgREST caches verified tokens."""
        token, renew_at = self._service
        if time.time() < renew_at:
            return token
        now = int(time.time())
        token = self.sign({"iss": "supabase", "role": "service_role", "iat": now, "exp": now + SERVICE_TOKEN_LIFETIME})
        self._service = (token, now + SERVICE_TOKEN_LIFETIME / 2)
        return token

    def to_inner(self, claims: Claims) -> str:
        """The same identity as an HS256 token for requests to Supabase Auth."""
        kept = {name: value for name, value in claims.items() if name in INNER_CLAIMS}
        return jwt.encode(kept, self.keys.jwt_secret, "HS256")

    def to_hosted(self, inner: str, user: dict[str, Any]) -> Claims:
        """The claims of hosted Supabase for the session of Supabase Auth's own token."""
        claims = jwt.decode(inner, self.keys.jwt_secret, algorithms=["HS256"], audience=AUDIENCE)
        app_metadata = user.get("app_metadata") or {}
        method = "password" if app_metadata.get("provider", "email") == "email" else "oauth"
        return {
            "iss": self.issuer,
            "sub": claims["sub"],
            "aud": AUDIENCE,
            "exp": claims["exp"],
            "iat": claims["iat"],
            "email": user.get("email") or "",
            "phone": user.get("phone") or "",
            "app_metadata": app_metadata,
            "user_metadata": user.get("user_metadata") or {},
            "role": claims["role"],
            "aal": "aal1",
            "amr": [{"method": method, "timestamp": claims["iat"]}],
            "session_id": claims["session_id"],
            "is_anonymous": bool(user.get("is_anonymous")),
        }
