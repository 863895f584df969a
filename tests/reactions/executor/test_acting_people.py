"""As whom is acted: who consented, in order, each for as long as they can be; then the settings."""

import asyncio
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Connection, func, select

from events.catalogue import ActingUserUnset
from events.catalogue.people import ConsentGiven, ConsentLost, ConsentsOrdered, ConsentTakenBack
from events.log import EventLog
from events.table import table_of
from projections.access import EVERYTHING
from projections.workflows.queries import find_workflow
from reactions.executor.tasks import ActionTaskRow
from reactions.ports.acting import Lent
from reactions.ports.answers import Repository
from reactions.ports.failures import Forbidden, RateLimited, Unauthorised, Unavailable
from runtime.database import Database
from tests.conftest import Clock
from tests.reactions.executor.desk import Desk, a_desk, asked_to_fix

pytestmark = pytest.mark.anyio

MONA, RAVI = (201, "mona"), (202, "ravi")


@dataclass
class Lenders:
    """People who consented, as the executor meets them; ``gone`` are no longer there."""

    desk: Desk
    gone: dict[int, str] = field(default_factory=dict)
    silent: bool = False
    asked: list[str] = field(default_factory=list)

    async def lend(
        self, user_id: int, login: str, repository_id: int, repo: Repository
    ) -> Lent | None:
        assert repo.full_name
        self.asked.append(login)
        if self.silent:
            raise Unavailable("GitHub is silent", unsent=True)
        if user_id in self.gone:
            await self._lose(user_id, login, repository_id)
            return None
        return Lent(user_id, login, f"token-of-{login}")

    async def refused(
        self, lent: Lent, repository_id: int, repo: Repository, *, why: str, unauthorised: bool
    ) -> bool:
        assert (bool(repository_id), bool(repo.full_name)) == (True, True)
        if not unauthorised:
            return False
        self.gone[lent.user_id] = why
        return True

    async def _lose(self, user_id: int, login: str, repository_id: int) -> None:
        why = f"the token of @{login} is gone: {self.gone[user_id]}"
        lost = ConsentLost(user_id=user_id, login=login, because=why)
        [repository] = self.desk.world.repositories
        assert repository.id == repository_id
        await self.desk.says(lost, repository, f"{login} {len(self.asked)}")


@pytest.fixture
async def desk(store: Database, log: EventLog, clock: Clock) -> Desk:
    desk = await a_desk(store, log, clock)
    desk.people = Lenders(desk)
    return desk


def lenders(desk: Desk) -> Lenders:
    assert isinstance(desk.people, Lenders)
    return desk.people


async def consent(desk: Desk, *users: tuple[int, str]) -> None:
    for user_id, login in users:
        given = ConsentGiven(user_id=user_id, login=login)
        await desk.says(given, desk.world.repositories[0], login)


async def assigned_as(desk: Desk) -> list[tuple[str, str]]:
    return [each for each in desk.github.acted if each[0] == "assign"]


async def test_who_consented_comes_before_the_settings_and_is_named(desk: Desk) -> None:
    await consent(desk, MONA, RAVI)
    await desk.until_idle()
    assert await assigned_as(desk) == [("assign", "token-of-mona")]
    [(_, content)] = await desk.outcomes()
    assert content["answer"]["as"] == "mona"
    assert lenders(desk).asked == ["mona"]


async def test_the_order_decides(desk: Desk) -> None:
    await consent(desk, MONA, RAVI)
    await desk.says(ConsentsOrdered(user_ids=(RAVI[0],)), desk.world.repositories[0])
    await desk.until_idle()
    assert await assigned_as(desk) == [("assign", "token-of-ravi")]


async def test_whom_github_takes_no_more_makes_way_and_nothing_is_done_twice(desk: Desk) -> None:
    await consent(desk, MONA, RAVI)
    desk.github.refusing["token-of-mona"] = Unauthorised("Bad credentials", status=401)
    await desk.until_idle()
    assert await assigned_as(desk) == [("assign", "token-of-ravi")]
    assert desk.github.done["assign"] == 1
    [(action, content)] = await desk.outcomes()
    assert (action, content["attempts"], content["answer"]["as"]) == ("succeeded", 1, "ravi")


async def test_the_settings_come_last(desk: Desk) -> None:
    await consent(desk, MONA)
    lenders(desk).gone[MONA[0]] = "revoked"
    await desk.until_idle()
    assert await assigned_as(desk) == [("assign", "")]
    [(_, content)] = await desk.outcomes()
    assert content["answer"]["as"] == "ada"


async def test_when_nobody_is_left_it_is_called_off_and_the_lane_says_why(desk: Desk) -> None:
    await desk.says(ActingUserUnset(), None)
    await consent(desk, MONA)
    lenders(desk).gone[MONA[0]] = "revoked"
    await desk.until_idle()
    assert await assigned_as(desk) == []
    [(action, content)] = await desk.outcomes()
    assert (action, content["why"]) == ("cancelled", "there is no acting user")
    notes = await notes_of(desk)
    assert "no acting user any more: the token of @mona is gone: revoked" in notes
    await consent(desk, RAVI)
    await desk.until_idle()
    assert await assigned_as(desk) == [("assign", "token-of-ravi")]
    assert not [note for note in await notes_of(desk) if "no acting user" in note]


async def test_a_no_to_somebody_who_can_be_acted_as_is_its_outcome(desk: Desk) -> None:
    await consent(desk, MONA, RAVI)
    desk.github.refusing["token-of-mona"] = Forbidden("a rule forbids it", status=403)
    await desk.until_idle()
    assert await assigned_as(desk) == []
    [(action, content)] = await desk.outcomes()
    assert (action, content["error"]) == ("failed", "a rule forbids it")


async def test_while_nobody_can_tell_it_is_tried_again(desk: Desk) -> None:
    await consent(desk, MONA)
    lenders(desk).silent = True
    await desk.work()
    assert await desk.outcomes() == []
    lenders(desk).silent = False
    desk.clock.advance(minutes=1)
    await desk.until_idle()
    assert await assigned_as(desk) == [("assign", "token-of-mona")]


def held(connection: Connection) -> int:
    """How many tasks are being worked on."""
    tasks = table_of(ActionTaskRow)
    found = select(func.count()).where(tasks.c.holder.is_not(None))
    return connection.scalar(found) or 0


async def test_who_meets_a_limit_waits_for_its_end(desk: Desk) -> None:
    await consent(desk, MONA)
    limited = RateLimited("wait", until=desk.clock.now.replace(hour=1), secondary=False)
    limited.holder, limited.user_id = "user", MONA[0]
    desk.github.refusing["token-of-mona"] = limited
    await desk.work()
    assert await desk.outcomes() == []
    del desk.github.refusing["token-of-mona"]
    desk.clock.advance(hours=1)
    await desk.until_idle()
    assert await assigned_as(desk) == [("assign", "token-of-mona")]


async def test_one_persons_limit_holds_up_nobody_elses(
    store: Database, log: EventLog, clock: Clock
) -> None:
    desk = await a_desk(store, log, clock, ("octo-org/rocket", "octo-org/lander"))
    desk.people = Lenders(desk)
    for repository, (user_id, login) in zip(desk.world.repositories, (MONA, RAVI), strict=True):
        await desk.says(ConsentGiven(user_id=user_id, login=login), repository, login)
    limited = RateLimited("wait", until=desk.clock.now.replace(hour=1), secondary=False)
    limited.holder, limited.user_id = "user", MONA[0]

    async def limiting(what: str, repo: Repository) -> None:
        """Have the other one's task wait by the time at which the limit is met."""
        if what == "assign" and repo.full_name == "octo-org/lander":
            raise Unavailable("not now", unsent=True)
        async with asyncio.timeout(120):
            while await desk.store.read(held) > 1:  # noqa: ASYNC110 (it is put off in a moment)
                await asyncio.sleep(0)
        raise limited

    desk.github.before = limiting
    await desk.work()
    desk.github.before = None
    desk.clock.advance(seconds=10)
    await desk.until_idle()
    assert await assigned_as(desk) == [("assign", "token-of-ravi")]


async def test_a_comment_counts_from_whoever_of_ours_wrote_it(desk: Desk) -> None:
    """Its answer is lost, and its author takes the consent back: it is found all the same."""
    await consent(desk, MONA, RAVI)
    await asked_to_fix(desk)

    async def losing(what: str, _repo: Repository) -> None:
        if what == "comment":
            raise Unavailable("the answer is lost")

    desk.github.after = losing
    await desk.work()
    desk.github.after = None
    back = ConsentTakenBack(user_id=MONA[0], login=MONA[1])
    await desk.says(back, desk.world.repositories[0])
    desk.clock.advance(minutes=2)
    await desk.until_idle()
    by_people = [place for place, each in enumerate(desk.github.comments, 1) if each[3]]
    assert [desk.github.authors[place] for place in by_people] == [MONA[0]]


async def notes_of(desk: Desk) -> list[str]:
    """What the page of the one issue says besides its stage."""
    [repository] = desk.world.repositories
    number = repository.issues[0].number
    head = (await desk.log.head()).position
    found = await desk.store.read(
        lambda c: find_workflow(c, EVERYTHING, repository.id, number, head)
    )
    assert found is not None
    return list(found.notes)
