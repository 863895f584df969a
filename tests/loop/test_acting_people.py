"""Two people let the service act as them; the first takes it back in mid-work, then the other."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from simulator.payloads import Payload
from simulator.state.accounts import ACTING_USER, OWNER
from tests.loop.endings import every_action
from tests.loop.town import Town, a_plan, a_town, on_one_database
from tests.people.browser import Browser, consent
from tests.service import Client

pytestmark = [pytest.mark.anyio, on_one_database]

MOST_SECONDS = 150.0
FIRST, SECOND = ACTING_USER, OWNER


async def test_who_withdraws_in_mid_work_is_followed_by_the_next_and_nothing_is_done_twice(
    tmp_path: Path, database_url: str
) -> None:
    async with a_town(tmp_path, database_url, a_plan(4, seed=3)) as town:
        town.settings |= {
            "acting_user_token": "",
            "github_web_url": town.github.url,
            "github_client_id": town.github.client_id,
            "github_client_secret": town.github.client_secret,
        }
        async with town.service() as client:
            await everybody_consents(town, client)
            await until(lambda: acted_as(client, FIRST))
            town.github.revoke_user(FIRST)
            await town.all_done(MOST_SECONDS)
            await town.settled(client)
            assert town.doubled() == []
            assert await acted_as(client, SECOND)
            assert Counter(await lost(client)) == {FIRST["login"]: len(town.repositories())}
            town.github.revoke_user(SECOND)
            [waiting] = [
                repository.open_issue("One more", labels=("status:queued",))
                for repository in town.repositories()[:1]
            ]
            await until(lambda: nobody_is_left(town, client, waiting.number))


async def everybody_consents(town: Town, client: Client) -> None:
    """Let both sign in and consent for every repository, once the service knows them."""
    await until(lambda: knows(town, client))
    url = str(client.http.base_url).rstrip("/")
    for user in (FIRST, SECOND):
        async with httpx2.AsyncClient(base_url=url, trust_env=False, timeout=60.0) as http:
            browser = Browser(http, town.github)
            assert (await browser.sign_in(user["login"])).status_code == 303
            ids = [int(each.id) for each in town.repositories()]
            assert (await consent(browser, user["login"], *ids)).status_code == 303


async def knows(town: Town, client: Client) -> bool:
    items = (await client.get("/api/repositories")).json()["items"]
    return len([each for each in items if each["connected"]]) == len(town.repositories())


async def acted_as(client: Client, user: Payload) -> list[dict[str, Any]]:
    """The actions that were done as somebody."""
    login = user["login"]
    return [each for each in await every_action(client) if each["answer"].get("as") == login]


async def lost(client: Client) -> list[str]:
    items = (await client.get("/api/events", type="consent", limit=100)).json()["items"]
    return [each["actor_login"] for each in items if each["action"] == "lost"]


async def nobody_is_left(town: Town, client: Client, number: int) -> bool:
    """Whether an issue waits for somebody to consent, and its page says why nobody is left."""
    path = f"/api/repositories/{town.repositories()[0].id}"
    if (await client.get(path)).json()["acting_user"] is not None:
        return False
    answer = await client.get(f"{path}/workflows/{number}")
    page = answer.json() if answer.status_code == 200 else {"notes": [], "stage": ""}
    return page["stage"] == "queued" and any(
        note.startswith("no acting user any more: ") and SECOND["login"] in note
        for note in page["notes"]
    )


async def until(holds: Callable[[], Awaitable[object]], seconds: float = MOST_SECONDS) -> None:
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110 (the other side is another process)
            await asyncio.sleep(0.25)
