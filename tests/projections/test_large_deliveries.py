"""A large delivery comes to the same rows as it would with its payload at hand."""

import json
from collections.abc import Callable

import pytest

from events.log import EventLog
from events.wake import Wake
from projections.engine.runner import Runner
from projections.registry import PROJECTIONS
from simulator.payloads.deliveries import installation, issues, push
from tests.conftest import Clock
from tests.projections.builders import all_rows, another
from tests.service import signed

pytestmark = pytest.mark.anyio

PADDING = " " * 300_000
TOLD = (("issues", issues("opened")), ("push", push()), ("installation", installation()))


async def test_large_deliveries_are_projected_as_small_ones(
    new_database: Callable[[], str],
) -> None:
    found = []
    for padding in ("", PADDING):
        async with another(new_database) as store:
            log = EventLog(store, Clock(), Wake())
            for number, (name, content) in enumerate(TOLD):
                body = (json.dumps(content) + padding).encode()
                sent = signed(name, body, f"72d3162e-cc78-11e3-81ab-4c9367dc095{number}")
                await log.append_large({k.lower(): v for k, v in sent.items()}, body, None)
            runner = Runner(PROJECTIONS, store, store, large=log.large)
            await runner.prepare()
            while await runner.step():
                pass
            found.append(await all_rows(store))
            await log.large.close()
    assert found[0] == found[1]
    assert any(found[0].values())
