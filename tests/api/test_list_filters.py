"""Times, texts and totals on the lists of actions and commands, and actions taken away."""

import csv
import io
from datetime import timedelta
from uuid import UUID

import pytest

from events.catalogue import About
from events.log import EventLog
from runtime.database import Database
from simulator.payloads import INSTALLATION_ID
from tests.api.commanding import Site
from tests.conftest import Clock
from tests.projections.own_events import a_failure, a_request
from tests.service import BEARER, project

pytestmark = pytest.mark.anyio


@pytest.fixture
async def acted(site: Site, store: Database, log: EventLog, clock: Clock) -> str:
    """Two actions and two commands, between which a day passes; return the day's end."""
    about = About(installation_id=INSTALLATION_ID, repository_id=site.repository_id, issue_number=2)
    await site.obeyed("{lane}/pause", reason="An audit")
    await log.append(a_request(UUID(int=7), about=about, issue_number=2, reason="It is RED"))
    clock.now += timedelta(days=1)
    await log.append(a_request(UUID(int=8), about=about, issue_number=2, reason="it is green"))
    await log.append(a_failure(UUID(int=8), about=about, error="50% of GitHub said no"))
    await site.obeyed("{lane}/resume", reason="it is over")
    await project(store)
    return clock.now.isoformat()


async def found(site: Site, path: str, **params: str | int) -> tuple[int, int | None]:
    """How many items a page has, and the total that it tells."""
    answer = await site.client.get(path, **params)
    assert answer.status_code == 200, answer.text
    return len(answer.json()["items"]), answer.json()["total"]


@pytest.mark.parametrize(
    ("path", "texts"),
    [
        ("/api/actions", {"is red": 1, "50%": 1, "5_%": 0, "it is": 2}),
        ("/api/commands", {"an AUDIT": 1, "lane.": 2, "admin": 2, "nothing": 0}),
    ],
)
async def test_they_are_found_by_time_and_text_and_counted(
    site: Site, acted: str, path: str, texts: dict[str, int]
) -> None:
    assert await found(site, path) == (2, 2)
    assert await found(site, path, limit=1) == (1, 2)
    assert await found(site, path, since=acted) == (1, 1)
    assert await found(site, path, until=acted) == (1, 1)
    assert await found(site, path, until="2000-01-01") == (0, 0)
    for text, number in texts.items():
        assert await found(site, path, q=text) == (number, number), text


@pytest.mark.usefixtures("acted")
async def test_of_a_later_window_nothing_is_counted(site: Site) -> None:
    following = (await site.client.get("/api/actions?limit=1")).json()["next"]
    assert await found(site, following) == (1, None)


@pytest.mark.usefixtures("acted")
async def test_actions_are_taken_away_now_and_as_of_then(site: Site) -> None:
    async def table(query: str = "") -> list[dict[str, str]]:
        headers = BEARER | {"Accept": "text/csv"}
        answer = await site.client.http.get(f"/api/actions{query}", headers=headers)
        assert answer.status_code == 200, answer.text
        return list(csv.DictReader(io.StringIO(answer.text)))

    rows = await table()
    assert [row["outcome"] for row in rows] == ["failed", "requested"]
    assert rows[0]["error"] == "50% of GitHub said no"
    assert {row["repository.id"] for row in rows} == {str(site.repository_id)}
    [first] = await table(f"?as_of={rows[1]['position']}")
    assert first["id"] == rows[1]["id"]
