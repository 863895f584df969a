"""Somebody who was recognised, with the rights that a test gives them."""

from collections.abc import Iterable
from datetime import UTC, datetime

from people.caller import ADMIN_TOKEN, Caller
from people.rights import Reach, RepositoryRight
from people.roles import Role
from projections.access import Access

ADA = 42


def a_caller(
    repositories: Iterable[int] = (),
    owned: Iterable[int] = (),
    role: Role = Role.MAINTAINER,
    login: str = "ada",
) -> Caller:
    """Build whoever has a role in some repositories and owns some installations."""
    return Caller(
        means="session", user_id=ADA, login=login, reach=reach_of(repositories, owned, role)
    )


def caller_of(access: Access) -> Caller:
    """Build whoever has an access."""
    if access.repositories is None:
        return ADMIN_TOKEN
    return a_caller(access.repositories, access.installations)


def reach_of(repositories: Iterable[int], owned: Iterable[int], role: Role) -> Reach:
    """Build what somebody reaches."""
    return Reach(
        user_id=ADA,
        login="ada",
        read_at=datetime(2026, 1, 1, tzinfo=UTC),
        read_behind=0,
        repositories={each: RepositoryRight(role, 1, f"octo/{each}") for each in repositories},
        installations=frozenset(owned),
        owned=frozenset(owned),
    )
