"""A request as an endpoint sees it."""

from dataclasses import dataclass
from typing import Any

from simulator.http.caller import Caller
from simulator.http.site import Site
from simulator.payloads import Payload
from simulator.state.issues import Issue
from simulator.state.pull_requests import PullRequest
from simulator.state.refusals import NotFound, Refused
from simulator.state.repositories import Repository


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

    @property
    def by(self) -> Payload:
        """Who acts."""
        return self.caller.user

    @property
    def repository(self) -> Repository:
        """The repository of the path, unless the caller does not reach it."""
        found = self.site.world.repository(f"{self.path['owner']}/{self.path['repo']}")
        reached = self.caller.repositories
        if reached is not None and found.id not in reached:
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
