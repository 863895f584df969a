"""What may be missing is shown: deliveries that did not arrive, repositories out of sight."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection

from projections.access import Access
from reactions.recovery.state import (
    Completeness,
    MissingDelivery,
    count_missing,
    keep_completeness,
    list_missing,
    replace_missing,
)
from reactions.visits.table import Visit, failing_visits, put_off, want
from runtime.database import Database
from tests.api.answers import assert_problem
from tests.service import Client

pytestmark = pytest.mark.anyio

PATH = "/api/recovery"
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def a_missing(
    number: int, installation_id: int | None = 5, repository_id: int | None = 7
) -> MissingDelivery:
    return MissingDelivery(
        guid=UUID(int=number),
        delivery_id=number,
        delivered_at=NOW - HOUR + timedelta(minutes=number),
        event="issues",
        action="opened",
        installation_id=installation_id,
        repository_id=repository_id,
        asked=1,
        asked_at=NOW,
    )


def a_visit(repository_id: int, installation_id: int = 5) -> Visit:
    return Visit(
        purpose="resync", repository_id=repository_id, installation_id=installation_id, due_at=NOW
    )


def three_missing_and_two_failing(connection: Connection) -> None:
    known = Completeness(
        complete_from=NOW - 72 * HOUR, complete_up_to=NOW - HOUR, looked_at=NOW, settled_at=None
    )
    keep_completeness(connection, known)
    replace_missing(connection, [a_missing(3), a_missing(1, 8, 9), a_missing(2, None)])
    for visit in (a_visit(7), a_visit(9, 8), a_visit(11)):
        want(connection, visit, again=False)
    for visit in (a_visit(7), a_visit(9, 8)):
        put_off(connection, visit, NOW, NOW + HOUR, "GitHub did not answer")


async def test_before_the_first_look_nothing_is_known(client: Client) -> None:
    answer = await client.get(PATH)
    assert answer.status_code == 200
    times = ("complete_from", "complete_up_to", "looked_at", "settled_at", "error")
    assert answer.json() == dict.fromkeys(times) | {
        "missing": [],
        "missing_total": 0,
        "failing": [],
    }


async def test_what_is_missing_is_shown_the_oldest_first(client: Client, store: Database) -> None:
    await store.write(three_missing_and_two_failing)
    shown = (await client.get(PATH)).json()
    assert (shown["complete_up_to"], shown["settled_at"]) == ("2026-11-02T08:00:00Z", None)
    assert [UUID(each["guid"]).int for each in shown["missing"]] == [1, 2, 3]
    assert shown["missing"][0]["delivered_at"] == "2026-11-02T08:01:00Z"
    assert shown["missing_total"] == 3
    failing = [(each["repository"]["id"], each["error"]) for each in shown["failing"]]
    assert failing == [(7, "GitHub did not answer"), (9, "GitHub did not answer")]


async def test_of_long_lists_the_beginning_is_shown(client: Client, store: Database) -> None:
    await store.write(three_missing_and_two_failing)
    shown = (await client.get(PATH, limit=1)).json()
    assert (len(shown["missing"]), len(shown["failing"])) == (1, 1)
    assert shown["missing_total"] == 3
    assert_problem(await client.get(PATH, limit=0), 422, "request_invalid")


async def test_of_other_installations_nothing_is_shown(store: Database) -> None:
    await store.write(three_missing_and_two_failing)
    own = Access(frozenset({9}), frozenset({8}))
    shown = await store.read(lambda connection: list_missing(connection, own, 10))
    assert [each.guid.int for each in shown] == [1]
    assert await store.read(lambda connection: count_missing(connection, own)) == 1
    failing = await store.read(lambda connection: failing_visits(connection, own, 10))
    assert [each.repository_id for each in failing] == [9]
