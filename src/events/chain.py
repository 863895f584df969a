"""The hash chain that shows what got past the triggers.

``hash = SHA-256(format byte ‖ previous hash ‖ fields)``. Each field is a 32-bit big-endian length
and that many bytes; null is the length 0xFFFFFFFF and no bytes. Integers are decimal digits, times
are decimal microseconds since 1970 UTC, UUIDs are 36 lower-case characters, text is UTF-8. Order:
position, recorded_at, then ``FIELDS``. docs/adr/0003 fixes all of this with test vectors.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from operator import attrgetter
from uuid import UUID

from events.envelope import Event, NewEvent

FORMAT = b"\x01"
GENESIS = "0" * 64
FIELDS = (
    "id",
    "source",
    "type",
    "action",
    "schema_version",
    "installation_id",
    "repository_id",
    "actor_id",
    "actor_login",
    "subject_kind",
    "subject_number",
    "head_sha",
    "occurred_at",
    "causation_id",
    "correlation_id",
    "headers",
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NULL = b"\xff\xff\xff\xff"
_sealed = attrgetter(*FIELDS)


def digest(payload: str) -> str:
    """Return the SHA-256 of a payload's UTF-8 bytes as 64 hexadecimal digits."""
    return digest_of(payload.encode())


def digest_of(payload: bytes | bytearray) -> str:
    """Return the same of the bytes themselves."""
    return sha256(payload).hexdigest()


def seal(event: NewEvent, payload_sha256: str) -> bytes:
    """Encode all that is known of an event before it has a place; costs nothing under the lock."""
    return _encoded((*_sealed(event), payload_sha256))


def link(previous: str, position: int, recorded_at: datetime, sealed: bytes) -> str:
    """Return the hash of the event at ``position``, given the hash of the one before it."""
    place = _encoded((position, recorded_at))
    return sha256(FORMAT + bytes.fromhex(previous) + place + sealed).hexdigest()


def expected_hash(previous: str, event: Event, payload_sha256: str) -> str:
    """Return the hash a stored event should carry, computed from its fields."""
    return link(previous, event.position, event.recorded_at, seal(event, payload_sha256))


def _encoded(values: Iterable[str | int | datetime | UUID | None]) -> bytes:
    """Encode fields, one behind the other; in one loop, since calls took half of its time."""
    parts = []
    for value in values:
        if value is None:
            parts.append(_NULL)
            continue
        text = (value if type(value) is str else _text(value)).encode()  # as most are
        parts += (len(text).to_bytes(4), text)
    return b"".join(parts)


def _text(value: str | int | datetime | UUID) -> str:
    return str((value - _EPOCH) // _MICROSECOND if isinstance(value, datetime) else value)
