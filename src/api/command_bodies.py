"""What a command says in its body: JSON, bounded, without a field that is not known."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from api.access import Recognised
from api.body import small_body
from api.idempotency import IdempotencyKey
from api.problems import ApiError
from events.catalogue import Mode
from events.catalogue.commands import MAX_ORDER
from events.catalogue.own import MAX_REASON
from events.table import MAX_INTEGER

MAX_COMMAND = 64 * 1024

_JSON = "application/json"
_TEXT = r"^[^\x00-\x08\x0b-\x1f\x7f]*$"  # no control characters but tabs and new lines

Content = TypeVar("Content", bound=BaseModel)
Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=MAX_REASON, pattern=_TEXT)
]
IssueNumber = Annotated[int, Field(ge=1, le=MAX_INTEGER)]


class CommandBody(BaseModel):
    """Why the command is given: whoever reads of it later wants to know."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    reason: Reason = Field(min_length=1, description="why, for people", examples=["it is mended"])


class ModeBody(CommandBody):
    """A repository's mode; null: as its policy says."""

    mode: Mode | None = Field(examples=["live"])


class OrderBody(CommandBody):
    """The issues that come first, in their order; the others follow as the policy orders them."""

    order: tuple[IssueNumber, ...] = Field(max_length=MAX_ORDER, examples=[[19, 17]])


class InstallationBody(CommandBody):
    """Whose the repository is."""

    installation_id: int | None = Field(
        ge=1, le=MAX_INTEGER, description="null: only plain webhooks tell of it", examples=[42]
    )
    owner: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$",
        max_length=100,
        description="the account it is at; without one as it was",
        examples=["octo-org"],
    )


class LinkBody(CommandBody):
    """Whether a pull request works on the issue."""

    pull_request: IssueNumber = Field(examples=[60])
    works: bool = Field(examples=[True])


def body_of(model: type[Content]) -> Any:  # noqa: ANN401 (what FastAPI's Depends returns)
    """Return the dependency that reads a body; whoever may not command is refused before."""

    async def read(request: Request, _key: IdempotencyKey) -> Content:
        return parsed(model, await json_of(request))

    dependency: Callable[..., Awaitable[Content]] = read
    return Depends(dependency)


def documented(model: type[BaseModel]) -> dict[str, Any]:
    """Return what the document says of a body that such a dependency reads."""
    content = {_JSON: {"schema": model.model_json_schema()}}
    return {"requestBody": {"required": True, "content": content}}


def plain_body_of(model: type[Content]) -> Any:  # noqa: ANN401 (as above)
    """Return the dependency that reads the body of what needs no key, since it may be repeated."""

    async def read(request: Request, _caller: Recognised) -> Content:
        return parsed(model, await json_of(request))

    dependency: Callable[..., Awaitable[Content]] = read
    return Depends(dependency)


async def json_of(request: Request) -> bytes:
    """Read a body, bounded; raises ApiError for one that is said to be no JSON."""
    body = await small_body(request, MAX_COMMAND)
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and media != _JSON:
        raise ApiError(415, "media_type_unsupported", f"a command's body is {_JSON}")
    return body


def parsed(model: type[Content], body: bytes) -> Content:
    """Read a body; raises RequestValidationError, which says where it does not fit."""
    try:
        return model.model_validate_json(body or b"{}")
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        raise RequestValidationError(
            [{**fault, "loc": ("body", *fault["loc"])} for fault in found]
        ) from error
