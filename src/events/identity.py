"""Ids for our own events."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

_NAMESPACE = UUID("6f1d7a3e-8f0b-5c56-9a68-3f6b8f1b7d10")  # ours, drawn once, never to change
_RANDOM_BYTES = 10
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def keyed_id(idempotency_key: str) -> UUID:
    """Return the id that always belongs to a key, so that a repetition appends nothing."""
    return uuid5(_NAMESPACE, idempotency_key)


def timed_id(now: datetime, random: bytes) -> UUID:
    """Return a UUID version 7 (RFC 9562): milliseconds, then ten random bytes."""
    if len(random) != _RANDOM_BYTES:
        raise ValueError(f"a version 7 UUID takes {_RANDOM_BYTES} random bytes, not {len(random)}")
    milliseconds = (now - _EPOCH) // _MILLISECOND
    raw = bytearray(milliseconds.to_bytes(6) + random)
    raw[6] = (raw[6] & 0x0F) | 0x70
    raw[8] = (raw[8] & 0x3F) | 0x80
    return UUID(bytes=bytes(raw))
