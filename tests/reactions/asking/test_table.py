"""Which questions stand, and when each is asked next."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Connection

from aggregates.lane import initial_state
from aggregates.workflow.questions import Question
from events.store import Store
from reactions.asking import replace_questions, table
from reactions.asking.table import OpenQuestion
from tests.conftest import Clock

pytestmark = [pytest.mark.anyio, pytest.mark.on_both]

LANE = replace(initial_state(7), installation_id=3)
ANSWERED = Question(
    kind="permission", issue_number=1, pull_request_number=2, user_id=5, login="grace-keen"
)
OTHER = replace(ANSWERED, issue_number=4, pull_request_number=6)
LATER = timedelta(hours=24)
FAR = timedelta(days=1000)


@dataclass
class Desk:
    """The table, and a clock."""

    store: Store
    clock: Clock

    async def stand(
        self, *questions: Question, issues: Collection[int] | None = None, of: int = 7
    ) -> None:
        """Let these be the questions of some issues, or of all."""
        lane, given = replace(LANE, repository_id=of), tuple(questions)
        now = self.clock()
        await self.store.write(lambda c: replace_questions(c, lane, issues, given, now))

    async def answered(self) -> None:
        """Let all that is due be answered, until a day later."""
        for question in await self.due():
            await self.store.write(partial(self._answer, question))

    def _answer(self, question: OpenQuestion, connection: Connection) -> None:
        table.answered(connection, question, self.clock() + LATER)

    async def due(self, after: timedelta = timedelta(), limit: int = 100) -> list[OpenQuestion]:
        at = self.clock() + after
        return await self.store.read(lambda c: table.due_questions(c, at, limit))

    async def names(self, after: timedelta = timedelta()) -> list[tuple[int, int, str]]:
        due = await self.due(after)
        return sorted((each.repository_id, each.issue_number, each.login) for each in due)


@pytest.fixture
async def desk(store: Store, clock: Clock) -> Desk:
    desk = Desk(store, clock)
    await desk.stand(ANSWERED, OTHER)
    await desk.answered()
    desk.clock.advance(hours=1)
    return desk


def numbers(found: Iterable[OpenQuestion]) -> list[int]:
    return [each.issue_number for each in found]


async def test_what_stands_as_it_stood_is_asked_when_it_was_to_be(desk: Desk) -> None:
    await desk.stand(ANSWERED, OTHER)
    assert await desk.due() == []
    assert [each.asked for each in await desk.due(LATER)] == [1, 1]


async def test_it_is_asked_at_once_where_access_changed(desk: Desk) -> None:
    await desk.stand(replace(ANSWERED, stamp=8), OTHER)
    assert [(each.issue_number, each.asked) for each in await desk.due()] == [(1, 0)]


async def test_it_is_asked_at_once_where_something_begins_to_wait_for_it(desk: Desk) -> None:
    await desk.stand(replace(ANSWERED, waits=True), OTHER)
    assert numbers(await desk.due()) == [1]


async def test_it_is_asked_no_sooner_for_waiting_on_nor_when_nothing_waits_any_more(
    desk: Desk,
) -> None:
    await desk.stand(replace(ANSWERED, waits=True), OTHER)
    await desk.answered()
    for waits in (True, False):
        await desk.stand(replace(ANSWERED, waits=waits), OTHER)
        assert await desk.due() == []
        assert {each.waits for each in await desk.due(FAR)} == {waits, False}


async def test_what_is_asked_no_more_is_forgotten_and_other_issues_stand(desk: Desk) -> None:
    await desk.stand(issues=[1])
    assert await desk.names(FAR) == [(7, 4, "grace-keen")]
    await desk.stand(issues=None)
    assert await desk.names(FAR) == []


async def test_a_lane_is_forgotten_alone(desk: Desk) -> None:
    await desk.stand(ANSWERED, of=8)
    await desk.store.write(lambda c: table.forget_questions(c, 7))
    assert await desk.names(FAR) == [(8, 1, "grace-keen")]


async def test_of_a_lane_that_no_installation_reaches_nothing_is_asked(desk: Desk) -> None:
    lane = replace(LANE, repository_id=9, installation_id=None)
    now = desk.clock()
    await desk.store.write(lambda c: replace_questions(c, lane, None, [ANSWERED], now))
    assert (await desk.names(FAR)) == [(7, 1, "grace-keen"), (7, 4, "grace-keen")]


async def test_those_come_first_for_which_something_waits(desk: Desk) -> None:
    desk.clock.advance(days=2)
    await desk.stand(ANSWERED, OTHER, replace(OTHER, issue_number=9, waits=True))
    assert numbers(await desk.due(limit=1)) == [9]


async def test_an_answer_to_what_stands_anew_meanwhile_puts_nothing_off(desk: Desk) -> None:
    [old, _] = await desk.due(LATER)
    await desk.stand(replace(ANSWERED, stamp=8), OTHER)
    until = desk.clock() + LATER
    await desk.store.write(lambda c: table.answered(c, old, until))
    assert numbers(await desk.due()) == [1]


async def test_what_a_clock_that_was_ahead_put_off_is_brought_forward(desk: Desk) -> None:
    now = desk.clock()
    await desk.store.write(lambda c: table.bring_forward(c, now - FAR, LATER))
    desk.clock.now -= FAR
    assert numbers(await desk.due()) == [1, 4]


async def test_of_thousands_of_issues_all_are_replaced(desk: Desk) -> None:
    many = range(1, 1301)
    await desk.stand(*(replace(ANSWERED, issue_number=number) for number in many), issues=many)
    desk.clock.advance(days=2)
    assert len(await desk.due(limit=5000)) == 1300
    await desk.stand(ANSWERED, issues=many)
    assert numbers(await desk.due(limit=5000)) == [1]
