"""The keys of one stack, generated at its first start and stored in `.local/keys.json`."""

import base64
import json
import os
import secrets
import string
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bellwether import paths
from bellwether.console import StackError

ADVICE = "put it back into `.local`, or start over with `make reset`"
ALPHABET = string.ascii_letters + string.digits


@dataclass(frozen=True)
class Keys:
    """All secrets of a stack."""

    jwt_private_key: str
    """PEM of the ES256 key that signs users' tokens."""
    jwt_key_id: str
    jwt_secret: str
    """Legacy HS256 secret, used only between the gateway and Supabase Auth."""
    publishable_key: str
    secret_key: str
    webhook_secret: str
    """Standard Webhooks secret shared with the fake n8n."""
    signing_keys: str
    """Comma-separated secrets for page cursors, newest first."""
    database_password: str

    def public_jwk(self) -> dict[str, Any]:
        """The public token key, as in the JWKS."""
        public = serialization.load_pem_private_key(self.jwt_private_key.encode(), None).public_key()
        assert isinstance(public, ec.EllipticCurvePublicKey)
        jwk = jwt.algorithms.ECAlgorithm.to_jwk(public, as_dict=True)
        return {**jwk, "kid": self.jwt_key_id, "alg": "ES256", "use": "sig", "key_ops": ["verify"]}

    def legacy_jwk(self) -> dict[str, Any]:
        """The HS256 secret as a JWK, for PostgREST's private key set."""
        value = base64.urlsafe_b64encode(self.jwt_secret.encode()).rstrip(b"=").decode()
        return {"kty": "oct", "k": value, "alg": "HS256", "kid": "legacy", "key_ops": ["verify"]}


def load(path: Path = paths.KEYS, database: Path = paths.POSTGRES_DATA) -> Keys:
    """The keys of this stack; generated if there are none and no database yet."""
    if path.exists():
        try:
            return Keys(**json.loads(path.read_text()))
        except (ValueError, TypeError):
            raise StackError(f"{path.name} cannot be read: {ADVICE}.") from None
    if (database / "PG_VERSION").exists():
        raise StackError(f"{path.name} is missing, but the database was made with it: {ADVICE}.")
    keys = generate()
    write_private(path, json.dumps(asdict(keys), indent=2))
    return keys


def generate() -> Keys:
    """New keys in the formats of Supabase and Standard Webhooks."""
    private = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Keys(
        jwt_private_key=private.decode(),
        jwt_key_id=str(uuid.uuid4()),
        jwt_secret=random_text(48),
        publishable_key=f"sb_publishable_{random_text(22)}_{random_text(8)}",
        secret_key=f"sb_secret_{random_text(22)}_{random_text(8)}",
        webhook_secret="whsec_" + base64.b64encode(random_text(32).encode()).decode(),
        signing_keys=f"{random_text(48)},{random_text(48)}",
        database_password=random_text(32),
    )


def random_text(length: int) -> str:
    """Random letters and digits, which never need quoting."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def write_private(path: Path, text: str) -> None:
    """Write a file atomically, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.touch(0o600)
    draft.write_text(text)
    draft.replace(path)
