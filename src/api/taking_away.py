"""Lists to be taken away whole: NDJSON or CSV where ``Accept`` asks for it, streamed by windows.

Each window is a short read of its own, and of each the access is asked anew: nothing waits for a
slow reader but that reader, and whoever may see nothing any more gets no more. What cannot be
finished is cut off, so that nobody takes it for the whole.
"""

import csv
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Generic, Literal, TypeAlias, TypeVar, get_args

import orjson
from fastapi import Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from sqlalchemy import Connection

from api.access import AskAccess
from api.as_of import Moment
from api.problems import ApiError, CutOff, unfit
from api.reflecting import Reflecting
from projections.access import Access
from projections.windows import Key, Window

Form: TypeAlias = Literal["application/x-ndjson", "text/csv"]
NDJSON: Form = "application/x-ndjson"
CSV: Form = "text/csv"

Item = TypeVar("Item", bound=BaseModel)
Line: TypeAlias = Callable[[Item], Awaitable[bytes]]
Path: TypeAlias = tuple[str, ...]

# What the document says of the answers besides the page.
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A page; or with `Accept: application/x-ndjson` or `text/csv` all of it, "
        "streamed, an item a line.",
        "content": {
            NDJSON: {"schema": {"type": "string"}},
            CSV: {"schema": {"type": "string"}},
        },
    }
}
WINDOW = 200  # items of one read
_PIECE = 32 * 1024  # bytes
# What makes a spreadsheet take a cell's text for a formula, the wide forms of some too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


# The next items behind a key, within an access, as of a position or now.
Read: TypeAlias = Callable[[Connection, Access, Key | None, int | None], Window[Item]]


class Windows(Generic[Item]):
    """How a list is read on from a key, by whoever asks, as far as they then see."""

    def __init__(
        self,
        reflected: Reflecting,
        ask: AskAccess,
        read: Read[Item],
        *projections: str,
        as_of: Moment | None = None,
    ) -> None:
        self._reflected, self._ask, self._read = reflected, ask, read
        self._projections, self._as_of = projections, as_of

    async def behind(self, last: Key | None) -> Window[Item]:
        """Return the next items; raises ApiError where nothing may be seen."""
        access = await self._ask()
        return await self._reflected.query_as_of(
            self._as_of,
            lambda connection, then: self._read(connection, access, last, then),
            *self._projections,
        )

    async def every(self, first: Window[Item]) -> AsyncIterator[Item]:
        """Yield the items of a window and of all behind it."""
        window = first
        while True:
            for item in window.items:
                yield item
            if window.last is None:
                return
            try:
                window = await self.behind(window.last)
            except ApiError as error:
                raise CutOff(error) from error

    @property
    def headers(self) -> dict[str, str]:
        """What the answer says of where in the log the list stood at the last look."""
        return self._reflected.headers


def form_of(request: Request) -> Form | None:
    """Return in which form a list is to be taken away; None: a page of it is asked for.

    Raises 422 for a ``limit``, which is of pages.
    """
    accepted = {
        each.partition(";")[0].strip().lower()
        for each in request.headers.get("accept", "").split(",")
    }
    form = next((each for each in (NDJSON, CSV) if each in accepted), None)
    if form is not None and "limit" in request.query_params:
        detail = "limit is of pages; what is taken away is whole: narrow it down by since and until"
        raise unfit("limit", detail)
    return form


async def taken_away(
    form: Form, windows: Windows[Item], model: type[Item], line: Line[Item] | None = None
) -> StreamingResponse:
    """Answer with a list whole; what is wrong with the request is said before it begins."""
    first = await windows.behind(None)
    every = windows.every(first)
    parts = _csv(every, columns_of(model)) if form == CSV else _ndjson(every, line or _json)
    return StreamingResponse(
        _gathered(parts), media_type=form, headers=windows.headers | {"Vary": "Accept"}
    )


async def _gathered(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield lines in pieces of some size: each piece is a message to the server."""
    piece = bytearray()
    async for part in parts:
        piece += part
        if len(piece) >= _PIECE:
            yield bytes(piece)
            piece.clear()
    yield bytes(piece)


async def _ndjson(items: AsyncIterator[Item], line: Line[Item]) -> AsyncIterator[bytes]:
    async for item in items:
        yield await line(item) + b"\n"


async def _json(item: BaseModel) -> bytes:
    return item.model_dump_json().encode()


async def _csv(items: AsyncIterator[BaseModel], columns: Sequence[Path]) -> AsyncIterator[bytes]:
    yield _row([".".join(path) for path in columns])
    async for item in items:
        yield _row(_cells(item.model_dump(mode="json"), columns))


def _row(cells: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()


def _cells(item: Mapping[str, Any], columns: Sequence[Path]) -> list[str]:
    return [cell(_at(item, path)) for path in columns]


def _at(item: Any, path: Path) -> object:  # noqa: ANN401 (JSON)
    for name in path:
        item = item.get(name) if isinstance(item, dict) else None
    return item


def cell(value: object) -> str:
    """Write a cell; text that a spreadsheet would run gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return orjson.dumps(value).decode()


@lru_cache(maxsize=32)
def columns_of(model: type[BaseModel]) -> tuple[Path, ...]:
    """Return the columns of a model's items: those of a model within it one by one, with dots."""
    return tuple(_columns(model))


def _columns(model: type[BaseModel]) -> Iterator[Path]:
    for name, field in model.model_fields.items():
        within = _model_in(field.annotation)
        yield from ((name, *path) for path in _columns(within)) if within else [(name,)]


def _model_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 (what typing gives)
    """Return the model that a field holds, with or without None; None for a list of them."""
    if isinstance(annotation, type):
        return annotation if issubclass(annotation, BaseModel) else None
    args = [each for each in get_args(annotation) if each is not type(None)]
    return _model_in(args[0]) if len(args) == 1 and type(None) in get_args(annotation) else None
