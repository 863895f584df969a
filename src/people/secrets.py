"""Secrets that we hand out and know again by their hash alone."""

import hashlib
import secrets

_BYTES = 32  # 256 bits: nobody guesses one, so that a hash without salt keeps it
LONGEST = 128  # characters of any of them; what is longer is none


def new_secret(prefix: str = "") -> str:
    """Draw one; ``prefix`` says to people and to scanners what it is."""
    return prefix + secrets.token_urlsafe(_BYTES)


def hashed(secret: str) -> str:
    """Return what is stored of a secret, and looked up: SHA-256 as hexadecimal digits."""
    return hashlib.sha256(secret[:LONGEST].encode(errors="replace")).hexdigest()
