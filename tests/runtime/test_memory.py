"""What a start keeps is set aside, so that no look at everything holds the event loop."""

import asyncio
import gc
from collections.abc import Iterator

import pytest

from runtime import memory

pytestmark = pytest.mark.anyio


@pytest.fixture
def thresholds() -> Iterator[tuple[int, int, int]]:
    """As they are in this process, before and after; what the test set aside is given back."""
    yield gc.get_threshold()
    gc.unfreeze()
    memory.settle()


async def test_what_a_start_keeps_is_looked_at_no_more(
    thresholds: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "_STARTING_SECONDS", (0.05, 0.05))
    starting = asyncio.create_task(memory.set_aside_what_is_kept())
    await asyncio.sleep(0)
    assert gc.get_threshold()[2] > thresholds[2]  # nothing is looked at meanwhile
    kept = [[each] for each in range(1000)]
    await starting
    assert not {id(each) for each in kept} & {id(each) for each in gc.get_objects()}
    assert gc.get_threshold() == thresholds


async def test_a_service_that_is_stopped_while_it_starts_leaves_all_as_it_was(
    thresholds: tuple[int, int, int],
) -> None:
    starting = asyncio.create_task(memory.set_aside_what_is_kept())
    await asyncio.sleep(0)
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    assert gc.get_threshold() == thresholds
