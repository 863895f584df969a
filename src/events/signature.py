"""Whether a delivery was signed with a secret we share with GitHub."""

import hmac
import re
from collections.abc import Sequence

_HEADER = re.compile(rb"sha256=[0-9a-f]{64}")


def is_signed(body: bytes, header: bytes | None, secrets: Sequence[bytes]) -> bool:
    """Tell whether ``X-Hub-Signature-256`` matches the raw body under any of the secrets.

    Constant time in the signature and in which secret matches; fails closed: no header, a header
    of another shape, no secret, or an empty secret is never a match.
    """
    if header is None or not _HEADER.fullmatch(header):
        return False
    verified = False
    for secret in secrets:
        expected = b"sha256=" + hmac.digest(secret, body, "sha256").hex().encode()
        verified |= hmac.compare_digest(expected, header) and bool(secret)
    return verified
