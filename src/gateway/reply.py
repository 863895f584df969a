"""What is sent and what comes back, before anybody reads a meaning into it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TypeVar

import orjson

from events.github.node import FieldError, Node
from events.json_types import Json, JsonObject
from reactions.ports.answers import Answer
from reactions.ports.failures import Refused

T = TypeVar("T")

Parameters = Mapping[str, str | int]

_A_DAY = timedelta(days=1)
_HEX = rb"[0-9a-fA-F]"
# A pair of surrogates, one that is alone, or any other escape.
_ESCAPES = re.compile(
    rb"(\\u[dD][89abAB]%b{2}\\u[dD][c-fC-F]%b{2})|(\\u[dD][89a-fA-F]%b{2})|(\\.)" % ((_HEX,) * 3)
)
_DIGITS = re.compile(r"\d{1,12}", re.ASCII)  # enough for seconds since 1970


@dataclass(frozen=True, slots=True)
class Request:
    """One request; ``path`` begins with a slash, below the API's address, or is a whole URL.

    ``headers`` come in place of those that are usual.
    """

    method: str
    path: str
    params: Parameters | None = None
    json: JsonObject | None = None
    headers: dict[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; ``json`` is None where the body is no JSON."""

    status: int
    json: Json
    headers: Mapping[str, str]
    next_page: Parameters | None = None

    @property
    def request_id(self) -> str | None:
        """GitHub's own name for the request."""
        return self.headers.get("x-github-request-id")

    def number(self, header: str) -> int | None:
        """Return a header that is a whole number."""
        value = self.headers.get(header, "").strip()
        return int(value) if _DIGITS.fullmatch(value) else None

    @property
    def date(self) -> datetime | None:
        """GitHub's time when it answered, in whole seconds."""
        return http_date(self.headers.get("date", ""))

    def by_our_clock(self, theirs: datetime, now: datetime) -> datetime:
        """Return a time of GitHub's, within a day, as our clock will show it: they may differ."""
        date = self.date
        return theirs if date is None else now + max(min(theirs - date, _A_DAY), -_A_DAY)

    @property
    def node(self) -> Node:
        """The body's object; one without fields when it is none."""
        return Node(self.json if isinstance(self.json, dict) else {}, "$")

    def read(self, reading: Callable[[Node], T]) -> T:
        """Read the body; raises Refused when it lacks what the reading needs."""
        try:
            return reading(self.node)
        except FieldError as error:
            problem = error.problem
        raise self.refused(
            f"GitHub's answer does not fit at {problem.path}: "
            f"expected {problem.expected}, found {problem.found}"
        )

    def refused(self, because: str) -> Refused:
        """Return the failure of an answer that does not say that it was done."""
        return Refused(because, status=self.status, request_id=self.request_id)

    def answer(self, **ids: int | str) -> Answer:
        """Return what is kept of an answer that says that it was done."""
        return Answer(self.status, self.request_id, ids)


def http_date(value: str) -> datetime | None:
    """Read a header that is a date."""
    try:
        return parsedate_to_datetime(value).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def parsed(content: bytes) -> Json:
    """Return what a body says, None where it is no JSON.

    Surrogates that are alone, as a text has them that was cut within an emoji, are replaced; the
    parser would refuse the whole body for one.
    """
    try:
        return _loaded(content)
    except ValueError:
        pass
    try:
        return _loaded(_ESCAPES.sub(_whole, content))
    except ValueError:
        return None


def _loaded(content: bytes) -> Json:
    loaded: Json = orjson.loads(content)
    return loaded


def _whole(escape: re.Match[bytes]) -> bytes:
    return rb"\ufffd" if escape[2] else escape[0]
