"""As whom we do what GitHub takes from people only: whoever lends us their token for it."""

from dataclasses import dataclass, field
from typing import Protocol

from reactions.ports.answers import Repository


@dataclass(frozen=True, slots=True)
class Lent:
    """Somebody's token, to act as them."""

    user_id: int
    login: str
    token: str = field(repr=False)


class ActingPeople(Protocol):
    """People who consented; both raise Unavailable when nobody can tell now."""

    async def lend(
        self, user_id: int, login: str, repository_id: int, repo: Repository
    ) -> Lent | None:
        """Return somebody's token; None: they let us no more, or may not write there.

        The log says so then. Raises Refused when their token lies here and cannot be read.
        """
        ...

    async def refused(
        self, lent: Lent, repository_id: int, repo: Repository, *, why: str, unauthorised: bool
    ) -> bool:
        """Hear that GitHub refused what was tried as somebody; True: it is worth trying anew.

        ``unauthorised``: it did not take the token.
        """
        ...


class Nobody:
    """Where nobody can consent."""

    async def lend(self, *_asked: object, **_said: object) -> None:
        """Return nobody's token."""

    async def refused(self, *_asked: object, **_said: object) -> bool:
        """Let it be refused."""
        return False
