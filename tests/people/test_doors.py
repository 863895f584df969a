"""A session and the token behind it come together, and go together with the last one."""

from dataclasses import dataclass, field, replace
from functools import partial
from typing import cast

import pytest

from events.log import EventLog
from people import administrators, pairs, rights
from people.administrators import Named
from people.doors import Doors
from people.keeper import TokenKeeper
from people.ports import Account, GitHubSignIn, TokenPair
from people.rights import Reach
from people.vault import Vault
from runtime.database import Database
from tests.conftest import Clock

pytestmark = pytest.mark.anyio

RITA = Account(7, "rita-reads")


@dataclass
class GitHub:
    """Notes which tokens it was told to let hold no longer."""

    revoked: list[str] = field(default_factory=list)

    async def revoke(self, access: str) -> None:
        self.revoked.append(access)


@pytest.fixture
def github() -> GitHub:
    return GitHub()


@pytest.fixture
def doors(store: Database, log: EventLog, clock: Clock, github: GitHub) -> Doors:
    keeper = TokenKeeper(
        store=store,
        vault=Vault([b"a-key"]),
        github=cast("GitHubSignIn", github),
        clock=clock,
        holder="this process",
    )
    return Doors(store=store, log=log, clock=clock, keeper=keeper)


async def test_a_new_token_outlives_the_sessions_before_and_goes_with_the_last(
    doors: Doors, github: GitHub, store: Database
) -> None:
    first = await doors.enter(RITA, TokenPair(access="first"), "a browser", None)
    second = await doors.enter(RITA, TokenPair(access="second"), "another", None)
    assert github.revoked == ["first"]
    await doors.end(RITA.id, RITA.login, [first.session.id], "signed_out")
    assert doors.keeper
    assert await doors.keeper.access(RITA.id, "session") == "second"
    await doors.end(RITA.id, RITA.login, [second.session.id], "signed_out")
    assert github.revoked == ["first", "second"]
    assert await store.read(lambda c: pairs.find(c, RITA.id, "session")) is None


async def test_only_who_signs_in_says_what_they_are_called(store: Database, clock: Clock) -> None:
    new = Reach(user_id=7, login="rita-writes", read_at=clock(), read_behind=1)
    old = replace(new, login="rita-reads")  # as a session that is older has it
    for reach, renames in ((old, True), (new, True), (old, False)):
        await store.write(partial(rights.store, reach=reach, renames=renames))
    known = await store.read(lambda c: rights.find(c, 7))
    assert known is not None
    assert known.login == "rita-writes"


async def test_an_administrator_goes_on_under_the_login_that_the_setting_names_now(
    store: Database, clock: Clock
) -> None:
    now, named = clock(), Named.read("rita-writes")

    async def name(login: str) -> bool:
        account = Account(RITA.id, login)
        return await store.write(lambda c: administrators.name(c, account, "setting", now))

    assert await name("rita-reads")
    assert not await store.read(lambda c: administrators.known(c, RITA.id, named))
    assert await name("Rita-Writes")
    assert await store.read(lambda c: administrators.known(c, RITA.id, named))
    assert not await name("rita-writes")
