"""Reading problems: what could not be read, without a word of the payload."""

import pytest

from events.envelope import NewEvent
from events.github import Problem
from events.log import EventLog
from projections.access import EVERYTHING
from projections.engine.projection import ReadEvent
from projections.events.reading_problems import (
    READING_PROBLEMS,
    ReadingProblem,
    count_reading_problems,
    list_reading_problems,
)
from runtime.database import Database
from simulator.payloads import a_repository, deliveries
from tests.events.builders import an_event
from tests.projections.builders import a_delivery, folded, placed, project
from tests.projections.histories import our_own

pytestmark = pytest.mark.anyio

SECRET_TEXT = "a-word-from-the-payload"
ROCKET = a_repository()


def unreadable(installation_id: int = 11) -> NewEvent:
    """A check run whose id is a text."""
    payload = {
        "action": "completed",
        "repository": ROCKET,
        "installation": {"id": installation_id},
        "check_run": {"id": SECRET_TEXT},
    }
    return a_delivery("check_run", payload)


def problems_of(*history: NewEvent) -> list[ReadingProblem]:
    return [row for row in folded(READING_PROBLEMS, history).values() if row is not None]


def test_what_can_be_read_is_no_problem() -> None:
    assert problems_of(a_delivery("issues", deliveries.issues()), our_own()) == []


def test_an_event_that_nobody_reads_is_no_problem() -> None:
    assert problems_of(a_delivery("sponsorship", {"action": "created"})) == []


def test_a_problem_names_the_delivery_and_the_place() -> None:
    [problem] = problems_of(a_delivery("issues", deliveries.issues()), unreadable())
    assert (problem.position, problem.type, problem.action) == (2, "check_run", "completed")
    assert (problem.repository_id, problem.installation_id) == (ROCKET["id"], 11)
    assert problem.places == [{"path": "$.check_run.id", "expected": "integer", "found": "text"}]


def test_a_problem_holds_no_text_of_the_payload() -> None:
    [problem] = problems_of(unreadable())
    assert SECRET_TEXT not in problem.model_dump_json()


def test_a_payload_that_is_no_json_is_a_problem_and_no_failure() -> None:
    [problem] = problems_of(an_event(type="issues", payload=SECRET_TEXT))
    assert [place["path"] for place in problem.places] == ["$"]
    assert SECRET_TEXT not in problem.model_dump_json()


def test_of_many_places_the_first_twenty_are_kept() -> None:
    problems = tuple(Problem(path=f"$.{n}", expected="integer", found="text") for n in range(30))
    read = ReadEvent(placed(unreadable(), 1), problems=problems)
    row = READING_PROBLEMS.evolve(None, (1,), read)
    assert row is not None
    assert [place["path"] for place in row.places] == [f"$.{n}" for n in range(20)]


async def test_problems_are_listed_newest_first_and_paged_by_position(
    store: Database, log: EventLog
) -> None:
    fine = a_delivery("issues", deliveries.issues())
    await log.append(unreadable(), fine, unreadable(), unreadable())
    await project(store)

    async def listed(before: int | None, limit: int) -> list[int]:
        found = await store.read(lambda c: list_reading_problems(c, EVERYTHING, before, limit))
        return [problem.position for problem in found]

    assert await listed(None, 10) == [4, 3, 1]
    assert await listed(None, 2) == [4, 3]
    assert await listed(3, 10) == [1]
    assert await store.read(lambda c: count_reading_problems(c, EVERYTHING)) == 3
