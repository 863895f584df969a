"""When rights are asked for again, and what holds while GitHub does not answer."""

from dataclasses import dataclass, field
from typing import cast

import pytest

from events.log import EventLog
from people import rights
from people.keeper import TokenKeeper
from people.looking import GRACE, KEPT, Looking
from people.ports import (
    Account,
    GitHubPeople,
    GitHubSilent,
    ReachedInstallation,
    ReachedRepository,
    TokenGone,
    TokenPair,
)
from people.roles import Role
from people.vault import Vault
from runtime.database import Database
from tests.conftest import Clock
from tests.events.builders import an_event
from tests.service import project

pytestmark = pytest.mark.anyio

RITA = Account(7, "rita-reads")


@dataclass
class GitHub:
    """What GitHub says of Rita; ``silent``: it does not answer."""

    role: Role = Role.VIEWER
    silent: bool = False
    asked: int = 0
    owners: set[str] = field(default_factory=set)

    async def installations(self, access: str) -> list[ReachedInstallation]:
        self.asked += 1
        if self.silent:
            raise GitHubSilent("it does not answer")
        if access != "a-token":
            raise TokenGone("it was revoked")
        return [ReachedInstallation(id=1, account_id=9, account_login="octo", is_organization=True)]

    async def repositories(self, _access: str, _installation_id: int) -> list[ReachedRepository]:
        return [ReachedRepository(70, "octo/one", self.role)]

    async def revoke(self, _access: str) -> None:
        pass

    async def administers(self, _access: str, organization: str) -> bool:
        return organization in self.owners


@pytest.fixture
def github() -> GitHub:
    return GitHub()


@pytest.fixture
async def looking(store: Database, clock: Clock, github: GitHub) -> Looking:
    port = cast("GitHubPeople", github)
    keeper = TokenKeeper(
        store=store, vault=Vault([b"a-key"]), github=port, clock=clock, holder="this process"
    )
    await keeper.keep(RITA.id, "session", RITA.login, TokenPair(access="a-token"))
    return Looking(store=store, github=port, keeper=keeper, clock=clock)


async def role_now(looking: Looking) -> Role:
    return (await looking.reach(RITA.id, RITA.login)).role_in(70)


async def test_rights_are_kept_for_five_minutes(
    looking: Looking, github: GitHub, clock: Clock
) -> None:
    assert await role_now(looking) is Role.VIEWER
    github.role = Role.OPERATOR
    clock.advance(seconds=KEPT.total_seconds() - 1)
    assert await role_now(looking) is Role.VIEWER
    assert github.asked == 1
    clock.advance(seconds=1)
    assert await role_now(looking) is Role.OPERATOR
    assert github.asked == 2


@pytest.mark.parametrize(
    ("kind", "action", "again"),
    [
        ("member", "removed", True),
        ("membership", "removed", True),
        ("team", "edited", True),
        ("organization", "member_removed", True),
        ("repository", "privatized", True),
        ("repository", "transferred", True),
        ("installation_repositories", "removed", True),
        ("repository", "edited", False),
        ("issues", "opened", False),
    ],
)
async def test_what_a_delivery_tells_is_asked_about_at_once(  # noqa: PLR0913 (a story's)
    looking: Looking,
    store: Database,
    log: EventLog,
    github: GitHub,
    kind: str,
    action: str,
    again: bool,  # noqa: FBT001
) -> None:
    await role_now(looking)
    await log.append(an_event(type=kind, action=action, installation_id=1, source="github"))
    await project(store)
    await role_now(looking)
    assert github.asked == (2 if again else 1)
    await role_now(looking)
    assert github.asked == (2 if again else 1)  # once for each such delivery


async def test_news_of_another_installation_are_none(
    looking: Looking, store: Database, log: EventLog, github: GitHub
) -> None:
    await role_now(looking)
    await log.append(an_event(type="member", action="removed", installation_id=2, source="github"))
    await project(store)
    await role_now(looking)
    assert github.asked == 1


async def test_while_github_is_silent_rights_go_on_for_a_while_only(
    looking: Looking, github: GitHub, clock: Clock
) -> None:
    await role_now(looking)
    github.silent = True
    clock.advance(seconds=GRACE.total_seconds() - 1)
    assert await role_now(looking) is Role.VIEWER
    clock.advance(seconds=1)
    with pytest.raises(GitHubSilent):
        await role_now(looking)


async def test_what_was_told_against_a_right_ends_it_though_github_is_silent(
    looking: Looking, store: Database, log: EventLog, github: GitHub
) -> None:
    await role_now(looking)
    github.silent = True
    await log.append(an_event(type="member", action="removed", installation_id=1, source="github"))
    await project(store)
    with pytest.raises(GitHubSilent):
        await role_now(looking)


async def test_a_clock_that_went_back_makes_no_right_last(
    looking: Looking, github: GitHub, clock: Clock
) -> None:
    await role_now(looking)
    clock.advance(days=-1)
    await role_now(looking)
    assert github.asked == 2


async def test_an_installation_is_owned_by_its_account_or_its_organizations_admins(
    looking: Looking, github: GitHub
) -> None:
    assert (await looking.look(RITA.id, RITA.login)).owned == set()
    github.owners = {"octo"}
    assert (await looking.look(RITA.id, RITA.login)).owned == {1}


async def test_rights_read_earlier_never_take_the_place_of_later_ones(
    looking: Looking, store: Database, log: EventLog, github: GitHub
) -> None:
    older = await looking.look(RITA.id, RITA.login)
    await log.append(an_event())
    github.role = Role.MAINTAINER
    await looking.look(RITA.id, RITA.login)
    await store.write(lambda connection: rights.store(connection, older))
    assert await role_now(looking) is Role.MAINTAINER


async def test_with_a_token_that_is_gone_nothing_is_known(looking: Looking) -> None:
    await looking.keeper.forget(RITA.id, "session")
    with pytest.raises(TokenGone):
        await role_now(looking)
