"""A page asks several things at once: its person's rights are asked for once."""

import asyncio
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from people.recognition import Recognition
from people.rights import Reach
from tests.conftest import Clock

pytestmark = pytest.mark.anyio


@dataclass
class Looking:
    """Takes a moment to look; ``looks`` says how often it did."""

    clock: Clock
    looks: int = 0

    async def reach(self, user_id: int, login: str) -> Reach:
        self.looks += 1
        await asyncio.sleep(0)
        return Reach(user_id=user_id, login=login, read_at=self.clock(), read_behind=0)


async def test_requests_beside_each_other_share_one_look(clock: Clock) -> None:
    looking, nobody = Looking(clock), SimpleNamespace()
    parts: dict[str, Any] = dict.fromkeys(("store", "doors", "issuing", "named"), nobody)
    recognition = Recognition(
        looking=looking,  # type: ignore[arg-type]  # what is asked of it
        vouching=None,
        admin_tokens=(),
        clock=clock,
        **parts,
    )
    found = await asyncio.gather(*(recognition.reach(7, "rita-reads") for _ in range(5)))
    assert [each and each.user_id for each in found] == [7] * 5
    assert looking.looks == 1
    await asyncio.gather(recognition.reach(8, "ravi-reviews"), recognition.reach(7, "rita-reads"))
    assert looking.looks == 2
