"""As of a position, or a time, pages answer what they answered when the log ended there."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from events.log import EventLog
from events.store import Store
from projections.engine.runner import Runner
from projections.registry import PROJECTIONS
from runtime.database import Database
from tests.api.answers import assert_problem
from tests.api.lively import ACTIONS, History, drawing
from tests.conftest import SOAK, Clock
from tests.projections.builders import append_hourly, project
from tests.service import BEARER, Client

pytestmark = pytest.mark.anyio

SEEDS = range(100) if SOAK else (3,)
CAPTURED = 9  # positions whose answers are compared
ISSUES = (1, 2, 3)

Answers = dict[str, tuple[int, Any]]


def paths(history: History) -> Iterator[str]:
    """Every page that is asked for as of a moment."""
    yield from ("/api/dashboard", "/api/repositories?limit=2", "/api/repositories?limit=200")
    yield from ("/api/actions?limit=200", "/api/actions?confirmed=true&outcome=succeeded")
    yield from ("/api/actions?outcome=requested&limit=1", "/api/actions?outcome=failed")
    yield from (f"/api/actions/{each}" for each in ACTIONS)
    yield from ("/api/workflows?limit=1", "/api/workflows?order=waiting&attention=needs_human")
    yield from ("/api/workflows?stage=queued&stage=done&issue=2", "/api/workflows?attention=over")
    yield f"/api/workflows?repository={history.repositories[0]}&attention=waiting&order=waiting"
    yield from ("/api/costs?limit=1", "/api/costs?month=2026-01")
    for number in history.repositories:
        own = f"/api/repositories/{number}"
        yield from (own, f"{own}/queue", f"{own}/policy", f"{own}/workflows?limit=1")
        yield f"{own}/costs"
        yield from (f"{own}/workflows?limit=200", f"{own}/workflows?after=1")
        yield from (f"{own}/workflows/{issue}" for issue in ISSUES)


async def answers(client: Client, history: History, as_of: int | str | None = None) -> Answers:
    """What every page answers, without the words that name the moment."""
    found: Answers = {}
    for path in paths(history):
        asked = path if as_of is None else f"{path}{'&' if '?' in path else '?'}as_of={as_of}"
        answer = await client.get(asked)
        shown = answer.json()
        shown.pop("request_id", None)
        if shown.get("next"):
            shown["next"] = shown["next"].replace(f"&as_of={as_of}", "")
        found[path] = (answer.status_code, shown)
        if answer.status_code == 200 and isinstance(as_of, int):
            assert answer.headers["x-log-position"] == str(as_of)
    return found


async def same(client: Client, history: History, then: Mapping[int, Answers]) -> None:
    """Compare what is answered as of positions with what was answered there."""
    for position, known in then.items():
        for path, answer in (await answers(client, history, position)).items():
            assert answer == known[path], (position, path)


async def replay(store: Store, batch: int) -> None:
    """Build every read model from nothing."""
    runner = Runner(PROJECTIONS, store, store, batch=batch)
    for projection in PROJECTIONS:
        await runner.restart(projection)
    await project(store, batch=batch)


@pytest.mark.parametrize("seed", SEEDS)
async def test_pages_answer_as_of_a_position_what_they_answered_there(
    client: Client, store: Database, log: EventLog, clock: Clock, seed: int
) -> None:
    random = drawing(seed)
    history = History(random)
    end = len(history.events)
    captured = sorted({*random.sample(range(1, end), CAPTURED - 1), end})
    then: dict[int, Answers] = {}
    told = 0
    for position in captured:
        await append_hourly(log, clock, history.events[told:position])
        await project(store, batch=random.randint(1, 9))
        then[position] = await answers(client, history)
        told = position
    await same(client, history, then)
    await replay(store, batch=random.choice((1, 7, 500)))
    await same(client, history, then)


async def test_a_time_is_the_newest_position_recorded_before_it(
    client: Client, store: Database, log: EventLog, clock: Clock
) -> None:
    history = History(drawing(1), more=0)
    began = clock.now
    await append_hourly(log, clock, history.events[:20])
    await project(store)
    first = await client.get("/api/repositories", as_of=7)
    for named in ("2026-01-01T07:00:00Z", "2026-01-01T07:00:00", "2026-01-01T08:00:00+01:00"):
        answer = await client.get("/api/repositories", as_of=named)
        assert (answer.json(), answer.headers["x-log-position"]) == (first.json(), "7"), began
    before = await client.get("/api/repositories", as_of="2025-12-31")
    assert (before.json()["items"], before.headers["x-log-position"]) == ([], "0")


async def test_a_text_is_searched_as_of_now_alone(client: Client) -> None:
    answer = await client.get("/api/workflows", q="pump", as_of=0)
    assert "leave out q or as_of" in assert_problem(answer, 422, "request_invalid")


async def test_workflows_are_taken_away_as_of_a_position_too(
    client: Client, store: Database, log: EventLog, clock: Clock
) -> None:
    await append_hourly(log, clock, History(drawing(1), more=0).events)
    await project(store)
    shown = (await client.get("/api/workflows", as_of=12)).json()["items"]
    taken = {**BEARER, "Accept": "application/x-ndjson"}
    whole = await client.http.get("/api/workflows?as_of=12", headers=taken)
    assert [json.loads(line) for line in whole.text.splitlines()] == shown != []


async def test_what_is_yet_to_come_is_refused_with_a_sentence(
    client: Client, log: EventLog, store: Database, clock: Clock
) -> None:
    await append_hourly(log, clock, History(drawing(1), more=0).events[:3])
    await project(store)
    for path in ("/api/dashboard", "/api/actions"):
        told = assert_problem(await client.get(path, as_of=4), 422, "moment_to_come")
        assert told == "the log ends at position 3, before 4"
        answer = await client.get(path, as_of="2026-01-01T03:06:00Z")
        assert "is yet to come" in assert_problem(answer, 422, "moment_to_come")
        near = await client.get(path, as_of="2026-01-01T03:04:00Z")  # whose clock is ahead a little
        assert (near.status_code, near.headers["x-log-position"]) == (200, "3")
        for wrong in ("-1", "yesterday", str(2**63), "2026-13-01"):
            assert_problem(await client.get(path, as_of=wrong), 422, "request_invalid")
