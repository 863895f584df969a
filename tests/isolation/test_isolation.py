"""Whatever somebody asks, of any route: what is not theirs changes no byte of the answer."""

import asyncio
import json
import os
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import given, settings

from events.envelope import NewEvent
from events.log import EventLog
from events.wake import Wake
from projections.access import Access
from projections.engine.parked import ParkedEvent, park
from runtime.database import open_database
from tests.conftest import Clock
from tests.isolation.callers import let_in
from tests.isolation.routes import OF_NOBODY, ROUTES, Curious, to_be_read
from tests.isolation.worlds import ACCESSES, WORLDS, World
from tests.service import app_over, client_of, project

EXAMPLES = {"sqlite": 5, "postgresql": 2}
_OFTEN = 40 if os.environ.get("SOAK") else 1

Answers = dict[str, tuple[int, str]]


@pytest.mark.anyio
async def test_every_route_to_be_read_is_tried_here(app: FastAPI) -> None:
    assert to_be_read(app) == ROUTES.keys() | OF_NOBODY


def test_what_is_not_ones_own_changes_no_answer(
    dialect: str, new_database: Callable[[], str]
) -> None:
    @settings(max_examples=EXAMPLES[dialect] * _OFTEN)
    @given(doings=WORLDS, access=ACCESSES)
    def whatever_there_is(doings: Any, access: Access) -> None:  # noqa: ANN401
        world = World(doings)
        asked = world.curious
        whole = asyncio.run(answers(new_database(), world.events, access, asked))
        own = asyncio.run(answers(new_database(), world.seen_by(access), access, asked))
        for path, answer in own.items():
            assert whole[path] == answer, path

    whatever_there_is()


async def answers(url: str, history: Sequence[NewEvent], access: Access, asked: Curious) -> Answers:
    """What every route answers about a history."""
    database, clock = open_database(url), Clock()
    try:
        log = EventLog(database, clock, Wake())
        for event in history:
            await log.append(event)
        await project(database)
        parked = [
            ParkedEvent(projection="another", position=position, error="ValueError")
            for position in range(1, len(history) + 1)
        ]
        await database.write(lambda connection: park(connection, parked))
        app = app_over(database, clock)
        found: Answers = {}
        async with client_of(app) as client:
            for ways in ROUTES.values():
                for path in ways(asked):
                    let_in(app, access, batches=1)
                    answer = await client.http.get(path)
                    found[path] = (answer.status_code, comparable(answer.text))
        app.dependency_overrides.clear()
        return found
    finally:
        await database.close()


def comparable(text: str) -> str:
    """An answer without what hangs on every event there is: hashes of the chain, request ids."""
    lines = [_without(line.removeprefix("data: ")) for line in text.splitlines()]
    return "\n".join(lines)


def _without(line: str) -> str:
    try:
        return json.dumps(_bare(json.loads(line)), sort_keys=True)
    except ValueError:
        return line


def _bare(value: Any) -> Any:  # noqa: ANN401 (JSON)
    if isinstance(value, dict):
        kept = value.items()
        return {key: _bare(each) for key, each in kept if key not in ("hash", "request_id")}
    return [_bare(each) for each in value] if isinstance(value, list) else value
