"""The hash chain that shows what got past the triggers.

``hash = SHA-256(format byte ‖ previous hash ‖ fields)``. Each field is a 32-bit big-endian length
and that many bytes; null is the length 0xFFFFFFFF and no bytes. Integers are decimal digits, times
are decimal microseconds since 1970 UTC, UUIDs are 36 lower-case characters, text is UTF-8. Order:
position, recorded_at, then ``FIELDS``. docs/adr/0003 fixes all of this with test vectors.
"""

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
    return b"".join([*map(_encode, _sealed(event)), _encode(payload_sha256)])


def link(previous: str, position: int, recorded_at: datetime, sealed: bytes) -> str:
    """Return the hash of the event at ``position``, given the hash of the one before it."""
    place = _encode(position) + _encode(recorded_at)
    return sha256(FORMAT + bytes.fromhex(previous) + place + sealed).hexdigest()


def expected_hash(previous: str, event: Event, payload_sha256: str) -> str:
    """Return the hash a stored event should carry, computed from its fields."""
    return link(previous, event.position, event.recorded_at, seal(event, payload_sha256))


def _encode(value: str | int | datetime | UUID | None) -> bytes:
    if value is None:
        return _NULL
    if type(value) is not str:  # as most are
        value = str((value - _EPOCH) // _MICROSECOND if isinstance(value, datetime) else value)
    text = value.encode()
    return len(text).to_bytes(4) + text
