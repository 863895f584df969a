"""How long background work rests."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.wake import Wake
from runtime.background.listening import POLL_SECONDS, Listening, until_due
from tests.runtime.background.works import PATIENCE

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@given(st.floats(-1e6, 1e6), st.floats(0, POLL_SECONDS))
def test_a_rest_ends_when_something_is_due_within_bounds(seconds: float, least: float) -> None:
    rest = until_due(NOW + timedelta(seconds=seconds), NOW, least)
    assert least <= rest <= POLL_SECONDS
    if least <= seconds <= POLL_SECONDS:
        assert rest == pytest.approx(seconds, abs=1e-6)
    assert until_due(None, NOW, least) == POLL_SECONDS


@pytest.mark.anyio
async def test_news_during_a_step_ends_the_rest_after_it() -> None:
    wake = Wake()

    async def step() -> float:
        wake.signal(5)
        return 2 * PATIENCE

    listening = Listening(wake, step, pause=0.0)
    async with asyncio.timeout(PATIENCE):
        await listening.rest(await listening.step())


@pytest.mark.anyio
async def test_what_was_heard_before_a_step_does_not_end_the_rest_after_it() -> None:
    wake = Wake()
    wake.signal(5)

    async def step() -> float:
        return 2 * PATIENCE

    listening = Listening(wake, step, pause=0.0)
    seconds = await listening.step()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await listening.rest(seconds)
