"""A program on somebody's own machine asks, in their browser, to act as them."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.responses import RedirectResponse, Response

from api.auth import CALLBACK
from api.doorkeeping import counted
from api.pages.rendering import page
from api.pages.visitor import AtPage, OwnForm, Visitor, first
from api.people import People
from api.problems import ApiError
from api.tokens import made_with
from people.caller import Caller
from people.issuing import Maker
from people.programs import TOKEN_LASTS
from people.roles import Role
from people.sign_ins import LASTS, TooManySignIns
from people.vault import VaultMissing

router = APIRouter(prefix="/program", include_in_schema=False)

_UNSEEN = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
_SECRET = r"^[A-Za-z0-9_-]+$"  # noqa: S105 (how one looks)


class Asked(BaseModel):
    """Where the program listens on its machine, what it is proven by, and that machine's name."""

    model_config = ConfigDict(frozen=True)

    port: int = Field(ge=1, le=65535)
    state: str = Field(pattern=_SECRET, min_length=16, max_length=128)
    challenge: str = Field(pattern=_SECRET, min_length=43, max_length=43)
    host: str = Field(pattern=r"^[A-Za-z0-9._-]+$", max_length=64)

    def back(self, **told: str) -> Response:
        """Send the browser back to the program: to this very machine, and no other."""
        query = urlencode({"state": self.state, **told})
        return RedirectResponse(f"{self.origin}/?{query}", 303, _UNSEEN)

    @property
    def origin(self) -> str:
        """Where the program listens."""
        return f"http://127.0.0.1:{self.port}"


def _asked(request: Request) -> Asked:
    return _read(dict(request.query_params))


def _read(given: dict[str, str]) -> Asked:
    try:
        return Asked.model_validate(given)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        raise RequestValidationError(found) from error


@router.get("")
async def ask(
    request: Request, visitor: AtPage, asked: Annotated[Asked, Depends(_asked)]
) -> Response:
    """Ask who is signed in whether a program may act as them; who is not signs in first."""
    if visitor.caller is None:
        return await _sign_in_first(request, visitor, asked)
    return page(
        "program.html",
        forms_lead_to=asked.origin,
        visitor=visitor,
        asked=asked,
        days=TOKEN_LASTS.days,
    )


@router.post("")
async def answer(request: Request, visitor: AtPage, form: OwnForm) -> Response:
    """Hand the program a code, or the word that it may not."""
    caller, people = visitor.caller, _people(request)
    if caller is None:
        raise ApiError(401, "session_over", "this session is over; run login again")
    fields = ("port", "state", "challenge", "host")
    asked = _read({name: first(form, name) for name in fields})
    if first(form, "answer") != "yes":
        return asked.back(error="access_denied")
    maker = Maker.of(caller, await made_with(request, caller))
    name = f"login on {asked.host}"
    return asked.back(code=await people.programs.agree(maker, _most(caller), name, asked.challenge))


async def _sign_in_first(request: Request, visitor: Visitor, asked: Asked) -> Response:
    people, site = _people(request), visitor.site
    why_not = people.why_not()
    if people.signing_in is None or why_not is not None:
        raise ApiError(503, "sign_in_unavailable", why_not or "nobody signs in here")
    await counted(request, "begun")
    target = f"/program?{urlencode(asked.model_dump())}"
    try:
        begun, url = await people.signing_in.begin("program", target, site.origin + CALLBACK)
    except (TooManySignIns, VaultMissing) as error:
        raise ApiError(503, "sign_in_unavailable", str(error), retry_after="60") from error
    answer: Response = RedirectResponse(url, 302, _UNSEEN)
    site.set(answer, begun.browser, int(LASTS.total_seconds()), "_sign_in")
    return answer


def _most(caller: Caller) -> Role:
    return Role.ADMINISTRATOR if caller.administers else Role.MAINTAINER


def _people(request: Request) -> People:
    people: People = request.app.state.services.people
    return people
