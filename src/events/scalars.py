"""Reading one JSON value leniently: what does not fit is None, whatever it is."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TypeVar

T = TypeVar("T", int, str)

_MAX = 2**63 - 1
_MIN = -(2**63)
_LAST_SECOND = 253402300799  # the end of the year 9999
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_REPLACEMENT = "\ufffd"


def integer(value: object) -> int | None:
    """Return an integer of at most 64 bits, sign included; a boolean is none."""
    return value if type(value) is int and _MIN <= value <= _MAX else None


def flag(value: object) -> bool | None:
    """Return a boolean."""
    return value if isinstance(value, bool) else None


def text(value: object, limit: int) -> str | None:
    """Return a text that names something, so that a longer one is none rather than cut."""
    if not isinstance(value, str) or len(value) > limit:
        return None
    return value if value.isascii() and "\0" not in value else storable(value)


def excerpt(value: object, limit: int) -> str | None:
    """Return the beginning of a text, ``limit`` characters at most."""
    return storable(value[:limit]) if isinstance(value, str) else None


def moment(value: object) -> datetime | None:
    """Return a time in UTC, from RFC 3339 text or Unix seconds, in the years 1970 to 9999."""
    if isinstance(value, str):
        return _parsed(value)
    if type(value) is int and 0 <= value <= _LAST_SECOND:
        return datetime.fromtimestamp(value, UTC)
    return None


def distinct(values: Iterable[T | None]) -> tuple[T, ...]:
    """Return what values there are, each once, sorted."""
    found = {value for value in values if value is not None}
    return tuple(sorted(found)) if found else ()


def storable(value: str) -> str:
    """Replace what no database takes: NUL characters and lone surrogates."""
    if value.isascii() and "\0" not in value:
        return value
    return _UNSTORABLE.sub(_REPLACEMENT, value)


def _parsed(value: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(value)
        if at.tzinfo is None:
            return None  # whose clock it was nobody knows
        if at.tzinfo is not UTC:
            at = at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at if at >= _EPOCH else None
