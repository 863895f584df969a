"""Who asks, how far they reach, and what they may do there."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias
from uuid import UUID

from people.rights import Reach
from people.roles import Role
from projections.access import EVERYTHING, Access

Means: TypeAlias = Literal["admin_token", "session", "api_token"]
ADMIN = "admin"  # whose commands those with the admin token are, in the log


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody who was recognised.

    ``user_id`` is None for the admin token. ``most`` and ``only`` narrow what an API token may:
    a role at most, and some repositories only. ``id`` is the session's or the API token's.
    """

    means: Means
    user_id: int | None = None
    login: str = ADMIN
    is_administrator: bool = False
    reach: Reach | None = None
    most: Role = Role.ADMINISTRATOR
    only: frozenset[int] | None = None
    id: UUID | None = field(default=None)

    @property
    def key(self) -> str:
        """Who this is for good, as a login is not."""
        return ADMIN if self.user_id is None else f"person:{self.user_id}"

    @property
    def access(self) -> Access:
        """What every query may show them."""
        if self.is_administrator:
            return EVERYTHING if self.only is None else Access(self.only)
        repositories = frozenset(self.reach.repositories) if self.reach else frozenset()
        owned = self.reach.owned if self.reach and self.only is None else frozenset()
        return Access(repositories if self.only is None else repositories & self.only, owned)

    def role_in(self, repository_id: int) -> Role:
        """Return what they may do in a repository; NONE: they must not know of it."""
        if self.only is not None and repository_id not in self.only:
            return Role.NONE
        if self.is_administrator:
            return self.most
        return min(self.reach.role_in(repository_id) if self.reach else Role.NONE, self.most)

    def owns(self, installation_id: int) -> bool:
        """Say whether they may command an installation: its owner, or an administrator."""
        if self.only is not None or self.most < Role.MAINTAINER:
            return False
        return self.is_administrator or (
            self.reach is not None and installation_id in self.reach.owned
        )

    def knows_installation(self, installation_id: int) -> bool:
        """Say whether they may know that there is such an installation."""
        if self.only is not None:  # the installations of these alone, as far as they hold them
            held = self.reach.repositories if self.reach else {}
            return any(
                held[each].installation_id == installation_id for each in self.only & held.keys()
            )
        if self.is_administrator:
            return True
        return self.reach is not None and installation_id in self.reach.installations

    @property
    def administers(self) -> bool:
        """Whether they may do all there is."""
        return self.is_administrator and self.only is None and self.most >= Role.ADMINISTRATOR


ADMIN_TOKEN = Caller(means="admin_token", is_administrator=True)
