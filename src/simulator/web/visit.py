"""A request for a page as whoever answers it sees it."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import orjson
from starlette.requests import Request

from simulator.http.call import Site
from simulator.payloads import Payload


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Who comes, with the parts of the path, the query and the form by name."""

    site: Site
    path: dict[str, str]
    query: dict[str, str]
    sent: list[tuple[str, str]]
    accept: str = ""
    authorization: str = field(default="", repr=False)

    @property
    def form(self) -> dict[str, str]:
        """What the form says, the last of what it says several times."""
        return dict(self.sent)

    def chosen(self, name: str) -> list[str]:
        """Return all that the form says of a name."""
        return [value for key, value in self.sent if key == name]

    @property
    def fields(self) -> dict[str, str]:
        """What the query and the form say together."""
        return self.query | self.form

    @property
    def people(self) -> list[Payload]:
        """All people that there are, by the names that they are known by."""
        known = self.site.world.happenings.directory.people()
        return sorted(known, key=lambda each: str(each["login"]))

    def person(self, login: str) -> Payload | None:
        """Return the person of a login, unless there is none."""
        wanted = login.lower()
        return next((each for each in self.people if each["login"].lower() == wanted), None)


async def a_visit(site: Site, request: Request) -> Visit:
    """Read a request, whose body is a form or, of programs, JSON."""
    return Visit(
        site=site,
        path=dict(request.path_params),
        query=dict(request.query_params),
        sent=_sent(await request.body(), request.headers.get("content-type", "")),
        accept=request.headers.get("accept", ""),
        authorization=request.headers.get("authorization", ""),
    )


def _sent(body: bytes, content_type: str) -> list[tuple[str, str]]:
    if content_type.startswith("application/json"):
        try:
            told = orjson.loads(body)
        except orjson.JSONDecodeError:
            return []
        return [(name, str(told[name])) for name in told] if isinstance(told, dict) else []
    return parse_qsl(body.decode(errors="replace"), keep_blank_values=True)
