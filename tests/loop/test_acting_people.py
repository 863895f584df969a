"""Two people let the service act as them; the first takes it back in mid-work, then the other."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from simulator.payloads import Payload
from simulator.plan import CiHabits
from simulator.state.accounts import ACTING_USER, OWNER
from tests.loop.endings import every_action
from tests.loop.town import Town, a_plan, a_town, on_one_database, until
from tests.people.browser import Browser
from tests.service import Client
from tests.simulator.browsing import press

pytestmark = [pytest.mark.anyio, on_one_database]

MOST_SECONDS = 150.0
FIRST, SECOND = ACTING_USER, OWNER


async def test_who_withdraws_in_mid_work_is_followed_by_the_next_and_nothing_is_done_twice(
    tmp_path: Path, database_url: str
) -> None:
    plan = a_plan(4, seed=3)
    async with a_town(tmp_path, database_url, plan) as town:
        of_people_alone(town)
        async with town.service() as client:
            await everybody_consents(town, client)
            await acted_as(client, FIRST)
            town.github.revoke_user(FIRST)
            await acted_as(client, SECOND)
            await town.all_done(MOST_SECONDS)
            await town.settled(client)
            assert town.doubled() == []
            events = (await client.get("/api/events", type="consent")).json()["items"]
            lost = [each["actor_login"] for each in events if each["action"] == "lost"]
            assert Counter(lost) == {FIRST["login"]: len(town.repositories())}
            town.github.revoke_user(SECOND)
            await nobody_is_left(town, client)
