"""An App's key and tokens for tests."""

from datetime import timedelta
from functools import cache

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from reactions.ports.answers import Repository
from tests.gateway.scripted import Script
from tests.gateway.watch import START

APP_ID = "1234"
INSTALLATION = 77
REPO = Repository(INSTALLATION, "acme/shop")
USER_TOKEN = "ghu_of-the-acting-user"
FIRST, SECOND = "ghs_first", "ghs_second"
TOKENS = f"POST /app/installations/{INSTALLATION}/access_tokens"


@cache
def a_key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: RSAPrivateKey) -> str:
    return key.private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
    ).decode()


def installation_tokens(script: Script) -> None:
    """Script two installation tokens, an hour each; the second stays."""
    for number, token in enumerate((FIRST, SECOND)):
        expires_at = START + timedelta(hours=number + 1)
        script.on(TOKENS, {"token": token, "expires_at": f"{expires_at:%Y-%m-%dT%H:%M:%SZ}"}, 201)
