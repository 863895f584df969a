"""Who acts is recorded once where it is news, whatever GitHub answers at first."""

import asyncio
from dataclasses import dataclass, field
from typing import cast

import pytest

from aggregates.surroundings import EVERYWHERE
from events.log import EventLog
from events.store import Store
from projections.lanes.queries import around_lanes
from reactions.ports.answers import ActingUser
from reactions.ports.failures import GitHubFailure, Unauthorised, Unavailable
from reactions.ports.github import Examining
from runtime.background.announcing import ActingUserAnnouncer, AppAnnouncer
from tests.service import project

pytestmark = pytest.mark.anyio

ADA, BOB = ActingUser(1, "ada"), ActingUser(2, "bob")


@dataclass
class Token:
    """A GitHub that knows whose the token is, once it has failed so often."""

    user: ActingUser | None
    failures: list[GitHubFailure] = field(default_factory=list)

    async def acting_user(self) -> ActingUser | None:
        if self.failures:
            raise self.failures.pop()
        return self.user


async def start(store: Store, log: EventLog, token: Token) -> None:
    """What a process does at its start, with the log folded before and after."""
    await project(store)
    await announcer(store, log, token).run()
    await project(store)


def announcer(store: Store, log: EventLog, token: Token) -> ActingUserAnnouncer:
    return ActingUserAnnouncer(store, log, cast("Examining", token))


async def recorded(log: EventLog) -> list[str | None]:
    events = await log.read(0, 100)
    return [event.action for event in events if event.type == "acting_user"]


async def acting(store: Store) -> str | None:
    user = (await store.read(around_lanes)).acting.get(EVERYWHERE)
    return user.login if user else None


@dataclass
class Bot:
    """A GitHub that knows who the App is, once it has failed so often."""

    user: ActingUser
    failures: list[GitHubFailure] = field(default_factory=list)

    async def app_user(self) -> ActingUser:
        if self.failures:
            raise self.failures.pop()
        return self.user


async def test_who_the_app_is_and_whether_it_signs_is_recorded_where_it_is_news(
    store: Store, log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.background.announcing._RETRY_SECONDS", 0.02)
    for user, signs in ((BOB, False), (BOB, False), (BOB, True), (ADA, True), (ADA, False)):
        await project(store)
        github = cast("Examining", Bot(user, [Unavailable("no answer")]))
        await AppAnnouncer(store, log, github, signs=signs).run()
        await project(store)
        around = await store.read(around_lanes)
        assert around.app is not None
        assert (around.app.user_id, around.signed_since is not None) == (user.id, signs)
    events = [each for each in await log.read(0, 100) if each.type == "app"]
    assert len(events) == 4


async def test_each_change_is_recorded_once_and_a_change_back_too(
    store: Store, log: EventLog
) -> None:
    for user in (None, ADA, ADA, BOB, ADA, None, None):
        await start(store, log, Token(user))
        assert await acting(store) == (user.login if user else None)
    assert await recorded(log) == ["set", "set", "set", "unset"]


async def test_several_processes_record_it_once(store: Store, log: EventLog) -> None:
    await project(store)
    all_of_them = asyncio.gather(*(announcer(store, log, Token(ADA)).run() for _ in range(4)))
    while not all_of_them.done():
        await project(store)  # who looks first when another has recorded it waits for that
        await asyncio.sleep(0.01)
    await all_of_them
    assert await recorded(log) == ["set"]


async def test_nobody_acts_by_a_token_that_github_does_not_take(
    store: Store, log: EventLog
) -> None:
    await start(store, log, Token(ADA))
    await start(store, log, Token(ADA, [Unauthorised("Bad credentials")]))
    assert (await acting(store), await recorded(log)) == (None, ["set", "unset"])


async def test_while_github_does_not_answer_it_is_asked_again(
    store: Store, log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.background.announcing._RETRY_SECONDS", 0.02)
    await start(store, log, Token(ADA, [Unavailable("no answer")] * 2))
    assert await recorded(log) == ["set"]
