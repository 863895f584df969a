"""The moment as of which a page is asked for: a position of the log, or a time."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated, TypeAlias

from fastapi import Query
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError
from sqlalchemy import Connection

from api.problems import ApiError
from api.services import Services
from events.read import Head, head, position_before
from events.table import MAX_INTEGER

_DIGITS = len(str(MAX_INTEGER)) + 1
_CLOCKS_DIFFER = timedelta(minutes=5)  # whose clock is ahead by less asks as of now


def _read(given: object) -> object:
    """Read a number as a position and all else as a time, which is UTC where it names no zone.

    Pydantic alone would take a number that is no position for seconds since 1970.
    """
    if not isinstance(given, str):
        return given
    text = given.strip()
    if text.removeprefix("-").isdecimal():
        if not 0 <= int(text[:_DIGITS]) <= MAX_INTEGER:
            raise PydanticCustomError("moment", "expected a position of the log, 0 or greater")
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        told = "expected a position of the log or an RFC 3339 time"
        raise PydanticCustomError("moment", told) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


AS_OF = "a log position, or an RFC 3339 time (UTC without a zone): all as it then was"

Moment: TypeAlias = int | datetime
Instant = Annotated[Annotated[int, Field(ge=0, le=MAX_INTEGER)] | datetime, BeforeValidator(_read)]
AsOf = Annotated[Instant | None, Query(description=AS_OF, examples=[1042, "2026-01-31T12:00:00Z"])]


@dataclass(frozen=True, slots=True)
class _Found:
    """The position that a moment is, and where the log ends that was asked."""

    position: int
    newest: Head
    reached: bool


async def position_of(services: Services, as_of: Moment) -> int:
    """Return the position that a moment is: of a time, the newest recorded before it.

    Raises ApiError (422) for what is yet to come.
    """
    now = services.clock()
    if isinstance(as_of, datetime) and as_of > now + _CLOCKS_DIFFER:
        raise _to_come(f"{as_of.isoformat()} is yet to come: it is {now.isoformat()}")
    # What a replica lacks yet, the primary has.
    found = await services.reads.read(partial(_find, as_of=as_of), lacks=lambda it: not it.reached)
    if found.position > found.newest.position:
        raise _to_come(f"the log ends at position {found.newest.position}, before {as_of}")
    return found.position


def _find(connection: Connection, as_of: Moment) -> _Found:
    newest = head(connection)
    if isinstance(as_of, int):
        return _Found(as_of, newest, as_of <= newest.position)
    reached = newest.position > 0 and as_of <= newest.recorded_at
    return _Found(position_before(connection, as_of), newest, reached)


def _to_come(sentence: str) -> ApiError:
    return ApiError(422, "moment_to_come", sentence)
