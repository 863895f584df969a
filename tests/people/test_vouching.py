"""What makers of API tokens may while they do not sign in, by the App's word."""

import asyncio
from dataclasses import dataclass, field
from typing import cast

import pytest

from events.log import EventLog
from people.keeper import TokenKeeper
from people.looking import GRACE, KEPT, Looking
from people.ports import Account, GitHubPeople, GitHubRefused, GitHubSilent
from people.roles import Role
from people.vault import Vault
from people.vouching import MOST, Vouching
from runtime.database import Database
from simulator.payloads import a_repository, an_installation, deliveries
from tests.conftest import Clock
from tests.events.builders import an_event
from tests.projections.builders import a_delivery
from tests.service import project

pytestmark = pytest.mark.anyio

RITA = Account(7, "rita-reads")
PRIVATE, PUBLIC = a_repository("octo/one"), a_repository("octo/open", private=False)
ONE, OPEN = PRIVATE["id"], PUBLIC["id"]
INSTALLATION = an_installation()


@dataclass
class GitHub:
    """What GitHub says to the App of Rita."""

    roles: dict[str, Role] = field(default_factory=lambda: {"octo/one": Role.OPERATOR})
    account: Account | None = RITA
    silent: bool = False
    refused: bool = False
    asked: list[str] = field(default_factory=list)

    async def named(self, login: str) -> Account | None:
        self.asked.append(login)
        if self.silent:
            raise GitHubSilent("it does not answer")
        return self.account

    async def role(self, _installation_id: int, full_name: str, login: str) -> Role:
        assert login == RITA.login
        if self.refused:
            raise GitHubRefused("the App is suspended")
        return self.roles.get(full_name, Role.NONE)


@pytest.fixture
def github() -> GitHub:
    return GitHub()


@pytest.fixture
async def vouching(store: Database, log: EventLog, clock: Clock, github: GitHub) -> Vouching:
    for each in (PRIVATE, PUBLIC):
        issue = deliveries.issues("opened", repository=each, installation=INSTALLATION)
        await log.append(a_delivery("issues", issue))
    await project(store)
    port = cast("GitHubPeople", github)
    keeper = TokenKeeper(store=store, vault=Vault([b"a-key"]), github=port, clock=clock, holder="p")
    looking = Looking(store=store, github=port, keeper=keeper, clock=clock)
    return Vouching(store=store, github=port, looking=looking, clock=clock)


async def role_now(vouching: Vouching, repository_id: int = ONE, *also: int) -> Role:
    only = frozenset({repository_id, *also})
    return (await vouching.reach(RITA.id, RITA.login, only)).role_in(repository_id)


async def test_the_apps_word_holds_for_five_minutes(
    vouching: Vouching, github: GitHub, clock: Clock
) -> None:
    assert await role_now(vouching) is Role.OPERATOR
    github.roles = {}
    clock.advance(seconds=KEPT.total_seconds() - 1)
    assert await role_now(vouching) is Role.OPERATOR
    clock.advance(seconds=1)
    assert await role_now(vouching) is Role.NONE
    assert len(github.asked) == 2


async def test_news_of_access_end_it_at_once(
    vouching: Vouching, github: GitHub, store: Database, log: EventLog
) -> None:
    assert await role_now(vouching) is Role.OPERATOR
    github.roles = {"octo/one": Role.VIEWER}
    await log.append(an_event(type="member", action="removed", installation_id=INSTALLATION["id"]))
    await project(store)
    assert await role_now(vouching) is Role.VIEWER


@pytest.mark.parametrize("account", [None, Account(8, RITA.login)])
async def test_a_login_that_is_anothers_by_now_gives_nothing(
    vouching: Vouching, github: GitHub, account: Account | None
) -> None:
    github.account = account
    assert await role_now(vouching) is Role.NONE


async def test_what_everybody_may_read_is_nobodys_right(vouching: Vouching, github: GitHub) -> None:
    github.roles = {"octo/open": Role.VIEWER, "octo/one": Role.VIEWER}
    assert await role_now(vouching, OPEN, ONE) is Role.NONE
    assert await role_now(vouching, ONE, OPEN) is Role.VIEWER
    github.roles = {"octo/open": Role.OPERATOR}
    assert await role_now(vouching, OPEN) is Role.NONE  # as it was told a moment ago


async def test_where_the_app_may_not_ask_there_is_no_right(
    vouching: Vouching, github: GitHub
) -> None:
    github.refused = True
    assert await role_now(vouching) is Role.NONE


async def test_while_github_is_silent_what_it_said_goes_on_for_a_while(
    vouching: Vouching, github: GitHub, clock: Clock
) -> None:
    github.silent = True
    with pytest.raises(GitHubSilent):
        await role_now(vouching)
    github.silent = False
    assert await role_now(vouching) is Role.OPERATOR
    github.silent = True
    clock.advance(seconds=GRACE.total_seconds() - 1)
    assert await role_now(vouching) is Role.OPERATOR
    clock.advance(seconds=1)
    with pytest.raises(GitHubSilent):
        await role_now(vouching)


async def test_many_requests_at_once_ask_once_and_of_what_is_not_there_too(
    vouching: Vouching, github: GitHub
) -> None:
    unknown = range(1, MOST)
    await asyncio.gather(*(role_now(vouching, ONE, *unknown) for _ in range(5)))
    assert await role_now(vouching, 1, *unknown) is Role.NONE
    assert len(github.asked) == 1


async def test_of_more_repositories_than_it_is_asked_about_the_rest_is_nobodys(
    vouching: Vouching,
) -> None:
    assert await role_now(vouching, ONE, *range(1, MOST)) is Role.OPERATOR
    assert await role_now(vouching, ONE, *range(1, MOST + 1)) is Role.NONE


async def test_by_the_apps_word_nobody_owns_anything(vouching: Vouching) -> None:
    reach = await vouching.reach(RITA.id, RITA.login, frozenset({ONE}))
    assert reach.owned == frozenset()
    assert reach.installations == {INSTALLATION["id"]}
