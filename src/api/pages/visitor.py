"""Who is at a page, and whether what its forms send came from it."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request

from api.frontend.serving import frontend_of
from api.people import People
from api.problems import ApiError
from api.site import Site, site_of
from people.caller import Caller
from people.ports import GitHubRefused, GitHubSilent

TOKEN = "form"  # noqa: S105 (the name of a field)
_MOST = 64 * 1024  # bytes of a form
_FIELDS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A browser at one of our pages; ``secret`` is that of a cookie of ours, which forms prove.

    ``caller`` is who has a session; ``sets_up`` is a browser that spent set-up's link, whoever is
    signed in there. ``has_dashboard``: there is one here, whose theme our pages follow.
    """

    site: Site
    caller: Caller | None = None
    sets_up: bool = False
    secret: str = field(default="", repr=False)
    has_dashboard: bool = False

    def proof(self, purpose: str) -> str:
        """Return what only this browser brings back, for a form or for GitHub's way back."""
        return hmac.new(self.secret.encode(), purpose.encode(), sha256).hexdigest()

    def proves(self, purpose: str, given: str | None) -> bool:
        """Say whether what came back is what went out to this browser."""
        told = (given or "").encode(errors="replace")
        return bool(self.secret) and hmac.compare_digest(self.proof(purpose).encode(), told)

    @property
    def administers(self) -> bool:
        """Whether somebody with a session administers this server."""
        return self.caller is not None and self.caller.administers


async def visitor_of(request: Request) -> Visitor:
    """Return who is at a page: by session, by set-up's link, by both, or a stranger."""
    people: People = request.app.state.services.people
    site, built = site_of(request, people.public_url), frontend_of(request) is not None
    session = request.cookies.get(site.cookie(), "")
    caller = await _caller(people, session) if session else None
    if caller is not None and caller.administers:
        return Visitor(site=site, caller=caller, secret=session, has_dashboard=built)
    setup = request.cookies.get(site.cookie("_setup"), "")
    sets_up = bool(setup) and await _sets_up(people, setup)
    secret = session if caller is not None else setup if sets_up else ""
    return Visitor(site=site, caller=caller, sets_up=sets_up, secret=secret, has_dashboard=built)


AtPage = Annotated[Visitor, Depends(visitor_of)]


async def form_of(request: Request) -> Mapping[str, list[str]]:
    """Read a form that was sent, bounded; of several fields with one name all."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST:
            raise ApiError(413, "form_too_large", f"a form has at most {_MOST} bytes")
    found: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_FIELDS)
    except ValueError as error:
        raise ApiError(400, "form_unreadable", "this is no form of ours") from error
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


async def own_form(request: Request, visitor: AtPage) -> Mapping[str, list[str]]:
    """Read a form of one of our own pages, shown to this very browser; raises 403 for others."""
    visitor.site.require_own_origin(request)
    form = await form_of(request)
    if not visitor.proves(request.url.path, first(form, TOKEN)):
        raise ApiError(403, "form_refused", "this form is an old one; open its page again")
    return form


OwnForm = Annotated[Mapping[str, list[str]], Depends(own_form)]


def first(form: Mapping[str, list[str]], name: str) -> str:
    """Return a field's value, or nothing."""
    return form.get(name, [""])[0]


async def _sets_up(people: People, setup: str) -> bool:
    return people.setting_up is not None and await people.setting_up.is_by(setup)


async def _caller(people: People, session: str) -> Caller | None:
    try:
        found = await people.recognition.of_session(session)
    except GitHubSilent as error:
        raise ApiError(503, "rights_unknown", str(error), retry_after="5") from error
    except GitHubRefused:
        return None
    return found[0] if found is not None else None
