"""Who calls, and what they may."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from simulator.payloads import Payload
from simulator.state.accounts import APP_BOT, the_app
from simulator.state.repository import RepositoryState

Kind: TypeAlias = Literal["app", "installation", "user", "anonymous"]
Level: TypeAlias = Literal["read", "write"]

PERMISSIONS: Mapping[str, str] = {
    "actions": "read",
    "checks": "write",
    "contents": "write",
    "issues": "write",
    "metadata": "read",
    "pull_requests": "write",
    "statuses": "read",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whoever calls: the App by its JWT, its installation or a user by a token, or nobody known.

    ``repositories`` limits an installation's token to some of its own.
    """

    kind: Kind
    user: Payload
    permissions: Mapping[str, str]
    repositories: frozenset[int] | None = None
    installation_id: int | None = None

    @property
    def name(self) -> str:
        """Whose rate limit counts, in GitHub's words."""
        if self.kind == "user":
            return f"user ID {self.user['id']}"
        if self.kind == "installation":
            return f"installation ID {self.installation_id}"
        return self.kind

    def reaches(self, repository: RepositoryState) -> bool:
        """Whether it may know of a repository: an installation of its own, those of its token."""
        if self.kind == "installation" and repository.installation_id != self.installation_id:
            return False
        return self.repositories is None or repository.id in self.repositories

    @property
    def is_user(self) -> bool:
        """Whether it is a person by a token of the App."""
        return self.kind == "user"

    @property
    def via_app(self) -> Payload | None:
        """What comments that it writes say of the App."""
        app = the_app()
        return {name: app[name] for name in ("id", "slug", "node_id", "owner", "name", "html_url")}

    def may(self, permission: str, level: Level) -> bool:
        """Whether it was given a permission of a level; the right to write includes that to read.

        A user may do no more with it than in each repository anyway.
        """
        granted = self.permissions.get(permission)
        return granted in ("write", level)


def the_app_itself() -> Caller:
    """Return the App as its JWT lets it call."""
    return Caller(kind="app", user=APP_BOT, permissions={})


def nobody() -> Caller:
    """Return whoever calls without saying who."""
    return Caller(kind="anonymous", user=APP_BOT, permissions={})
