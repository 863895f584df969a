"""The key by which the App proves who it is."""

from dataclasses import dataclass, field
from functools import cache

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

_BITS = 2048


@dataclass(frozen=True, slots=True)
class AppKey:
    """A key pair as PEM text; the private half in the form that GitHub hands out."""

    private_pem: str = field(repr=False)
    public_pem: str


@cache
def an_app_key() -> AppKey:
    """Generate a key pair, once for all simulators of a process: it takes a tenth of a second."""
    return a_new_key()


def a_new_key() -> AppKey:
    """Generate a key pair."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return AppKey(private.decode(), public.decode())
