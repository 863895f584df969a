"""A request as an endpoint sees it, what all endpoints share, and lists a page at a time."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode

from simulator.draws import Seed
from simulator.hooks.outbox import Outbox, Sender
from simulator.http.answer import Answer
from simulator.http.authorizations import Authorizations
from simulator.http.caller import Caller
from simulator.http.credentials import Credentials
from simulator.http.limits import Limits
from simulator.http.registry import Registry
from simulator.http.troubles import Troubles
from simulator.payloads import Payload
from simulator.plan import Faults
from simulator.state.app import App
from simulator.state.issues import Issue
from simulator.state.pull_requests import PullRequest
from simulator.state.refusals import NotFound, Refused
from simulator.state.repositories import Repository
from simulator.state.world import World

Item = TypeVar("Item")

_USUAL = 30
_MOST = 100


@dataclass(slots=True, kw_only=True)
class Site:
    """The state and what stands around it; ``url`` is the root of the API and of the pages.

    ``served`` counts requests by method and template of the path; ``ignore_assignees`` says how
    many assignments of Copilot are still to be ignored, besides those that are drawn; ``unlisted``
    from how many lists of comments some are still to be missing, by their ids.
    """

    world: World
    seed: Seed
    faults: Faults
    outbox: Outbox
    sender: Sender
    credentials: Credentials
    authorizations: Authorizations
    registry: Registry
    limits: Limits
    troubles: Troubles
    url: str
    served: Counter[tuple[str, str]]
    ignore_assignees: int = 0
    unlisted: dict[int, int] = field(default_factory=dict)

    @property
    def app(self) -> App:
        """The App that is being run."""
        return self.world.app

    def revoke_user(self, user: Payload) -> None:
        """Let a person take back all that they let the App do as them, which is told."""
        self.authorizations.revoke_user(user)
        self.world.happenings.tell(
            "github_app_authorization", "revoked", about=user["login"], sender=user
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Who calls, and the parts of the path, the query and the body by name."""

    site: Site
    caller: Caller
    path: dict[str, str]
    query: dict[str, str]
    body: Payload
    address: str
    accept: str = ""
    version: str = ""

    @property
    def app(self) -> App:
        """The App that is being run."""
        return self.site.app

    @property
    def by(self) -> Payload:
        """Who acts."""
        return self.caller.user

    @property
    def repository(self) -> Repository:
        """The repository of the path, unless the caller does not reach it."""
        found = self.site.world.repository(f"{self.path['owner']}/{self.path['repo']}")
        if not self.caller.reaches(found):
            raise NotFound
        return found

    @property
    def subject(self) -> Issue | PullRequest:
        """The issue or pull request of the path."""
        return self.repository.subject(self._number)

    @property
    def issue(self) -> Issue:
        """The issue of the path."""
        return self.repository.issue(self._number)

    @property
    def pull_request(self) -> PullRequest:
        """The pull request of the path."""
        return self.repository.pull_request(self._number)

    def text(self, name: str) -> str:
        """Return a text of the body that must be there and not be empty."""
        value = self.body.get(name)
        if not isinstance(value, str) or not value.strip():
            raise Refused(errors=[{"field": name, "code": "missing_field"}])
        return value

    def texts(self, name: str) -> list[str]:
        """Return a list of texts of the body; a single one counts as a list."""
        value: Any = self.body.get(name, [])
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
            raise Refused(
                f"Invalid request.\n\nFor '{name}', {value!r} is not an array of strings."
            )
        return values

    @property
    def _number(self) -> int:
        number = self.path["number"]
        if not number.isdecimal():
            raise NotFound
        return int(number)


def page_of(
    call: Call,
    items: Sequence[Item],
    shown: Callable[[Item], object],
    wrapped: str | None = None,
) -> Answer:
    """Answer with the page that was asked for; ``wrapped`` names it beside its total count."""
    size = page_size(call)
    page = max(1, _integer(call, "page", 1))
    last = max(1, -(-len(items) // size))
    listed = [shown(item) for item in items[(page - 1) * size : page * size]]
    links = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    if page <= 1:
        links = {name: links[name] for name in ("next", "last")}
    if page >= last:
        links = {name: links[name] for name in links if name not in ("next", "last")}
    link = ", ".join(f'<{_address(call, page=number)}>; rel="{n}"' for n, number in links.items())
    body = {"total_count": len(items), wrapped: listed} if wrapped else listed
    return Answer(body, headers={"link": link} if link else {})


def next_link(call: Call, **query: object) -> dict[str, str]:
    """Build the header that leads to the next page."""
    return {"link": f'<{_address(call, **query)}>; rel="next"'}


def page_size(call: Call) -> int:
    """Return how many items a page has."""
    return min(_MOST, max(1, _integer(call, "per_page", _USUAL)))


def _address(call: Call, **query: object) -> str:
    return f"{call.address}?{urlencode({**call.query, **query})}"


def _integer(call: Call, name: str, otherwise: int) -> int:
    text = call.query.get(name, "")
    return int(text) if text.isdecimal() else otherwise
