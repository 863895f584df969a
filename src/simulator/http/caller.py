"""Who calls, and what they may."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from simulator.payloads import Payload
from simulator.state.app import App
from simulator.state.repository import RepositoryState

Kind: TypeAlias = Literal["app", "client", "installation", "user", "anonymous"]
Level: TypeAlias = Literal["read", "write"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whoever calls: the App by its JWT or, as a client, by its secret, its installation or a user.

    The last two have tokens; a call without any is nobody's. ``repositories`` limits an
    installation's token to some of its own.
    """

    kind: Kind
    app: App
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
        """Whether it may know of a repository: an installation of its own, those of its token.

        A user may of those that both they and the App reach, and of public ones.
        """
        if self.is_user:
            mine = repository.access.permission(self.user) != "none"
            return mine and (
                repository.installation_id is not None or not repository.access.private
            )
        if self.kind == "installation" and repository.installation_id != self.installation_id:
            return False
        return self.repositories is None or repository.id in self.repositories

    @property
    def is_user(self) -> bool:
        """Whether it is a person by a token of the App."""
        return self.kind == "user"

    @property
    def via_app(self) -> Payload:
        """What comments that it writes say of the App."""
        return self.app.signature()

    def may(self, permission: str, level: Level) -> bool:
        """Whether it was given a permission of a level; the right to write includes that to read.

        A user may do no more with it than in each repository anyway.
        """
        granted = self.permissions.get(permission)
        return granted in ("write", level)


def without_token(kind: Kind, app: App) -> Caller:
    """Return the App as its JWT or its secret lets it call, or whoever does not say who calls."""
    return Caller(kind=kind, app=app, user=app.bot, permissions={})
