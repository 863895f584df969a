"""Counts of events per repository, day and type."""

from datetime import UTC, datetime

import pytest

from runtime.database import Database
from simulator.payloads import a_repository
from simulator.payloads.deliveries import issues, push
from tests.api.answers import assert_problem
from tests.conftest import Clock
from tests.service import Client, project

pytestmark = pytest.mark.anyio

ROCKET, PROBE = sorted((a_repository(), a_repository("orbit-works/probe")), key=lambda r: r["id"])
PATH = "/api/activity"


@pytest.fixture
async def a_week(client: Client, store: Database, clock: Clock) -> None:
    """Deliveries on the first, the second (around midnight) and the seventh of January."""
    for day, hour, event, payload in (
        (1, 0, "issues", issues(repository=ROCKET)),
        (1, 23, "issues", issues(repository=ROCKET)),
        (1, 23, "push", push(repository=ROCKET)),
        (2, 0, "issues", issues(repository=ROCKET)),
        (2, 0, "issues", issues(repository=PROBE)),
        (7, 12, "push", push(repository=PROBE)),
        (7, 12, "ping", {"zen": "of no repository"}),
    ):
        clock.now = datetime(2026, 1, day, hour, tzinfo=UTC)
        await client.deliver(event, payload)
    await project(store)


async def counts(client: Client, **parameters: str | int) -> list[tuple[int, str, str, int]]:
    answer = await client.get(PATH, **parameters)
    assert answer.status_code == 200, answer.text
    assert answer.json()["truncated"] is False
    return [
        (item["repository"]["id"], item["day"], item["type"], item["count"])
        for item in answer.json()["items"]
    ]


@pytest.mark.usefixtures("a_week")
async def test_events_are_counted_by_repository_day_and_type(client: Client) -> None:
    assert await counts(client) == [
        (ROCKET["id"], "2026-01-01", "issues", 2),
        (ROCKET["id"], "2026-01-01", "push", 1),
        (ROCKET["id"], "2026-01-02", "issues", 1),
        (PROBE["id"], "2026-01-02", "issues", 1),
        (PROBE["id"], "2026-01-07", "push", 1),
    ]


@pytest.mark.usefixtures("a_week")
async def test_one_repository_can_be_picked(client: Client) -> None:
    found = await counts(client, repository=PROBE["id"])
    assert [row[1:] for row in found] == [
        ("2026-01-02", "issues", 1),
        ("2026-01-07", "push", 1),
    ]
    assert await counts(client, repository=1) == []


@pytest.mark.usefixtures("a_week")
async def test_both_days_are_included(client: Client) -> None:
    found = await counts(client, since="2026-01-02", until="2026-01-07")
    assert [row[1] for row in found] == ["2026-01-02", "2026-01-02", "2026-01-07"]
    found = await counts(client, since="2026-01-02", until="2026-01-02")
    assert {row[1] for row in found} == {"2026-01-02"}
    assert await counts(client, since="2026-01-03", until="2026-01-06") == []


@pytest.mark.usefixtures("a_week")
async def test_the_last_thirty_days_are_shown_by_default(client: Client, clock: Clock) -> None:
    clock.now = datetime(2026, 1, 31, tzinfo=UTC)
    answer = await client.get(PATH)
    assert (answer.json()["since"], answer.json()["until"]) == ("2026-01-02", "2026-01-31")
    assert {item["day"] for item in answer.json()["items"]} == {"2026-01-02", "2026-01-07"}


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_what_does_not_fit_is_a_problem(client: Client) -> None:
    backwards = await client.get(PATH, since="2026-01-02", until="2026-01-01")
    assert_problem(backwards, 422, "request_invalid")
    for name, value in (
        ("since", "yesterday"),
        ("until", "2026-02-30"),
        ("since", "99999-01-01"),
        ("repository", -1),
        ("repository", 2**63),
    ):
        answer = await client.get(PATH, **{name: value})
        assert name in assert_problem(answer, 422, "request_invalid")


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_the_first_days_of_the_calendar_break_nothing(client: Client) -> None:
    answer = await client.get(PATH, until="0001-01-02")
    assert (answer.status_code, answer.json()["since"]) == (200, "0001-01-01")
