"""Which commands would be taken, as the commands themselves say it."""

from typing import Any

import pytest
from fastapi import FastAPI

from api.access import recognised
from people.roles import Role
from tests.api.answers import assert_problem
from tests.api.commanding import STRANGE, Site
from tests.callers import a_caller

pytestmark = pytest.mark.anyio

BODIES: dict[str, dict[str, Any]] = {
    "mode": {"mode": "live"},
    "queue/order": {"order": [2]},
    "installation": {"installation_id": 4711},
    "link": {"pull_request": 60, "works": True},
}


async def standings(site: Site, path: str = "") -> dict[str, str | None]:
    """Each command with why it would not be taken, None where it would."""
    items = (await site.shown(f"{path}/commands"))["items"]
    assert all(item["allowed"] is (item["why_not"] is None) for item in items)
    return {item["command"]: item["why_not"] for item in items}


async def test_what_would_be_refused_is_told_with_the_sentence_of_the_refusal(site: Site) -> None:
    await site.obeyed("{lane}/pause")
    await site.obeyed("{lane}/workflows/1/take-over")
    for path in ("", "/workflows/1"):
        for command, why_not in (await standings(site, path)).items():
            if why_not is not None:
                answer = await site.command(f"{{lane}}{path}/{command}", **BODIES.get(command, {}))
                assert answer.json()["detail"] == why_not
    told = await standings(site)
    assert (told["pause"], told["resume"]) == ("the lane is paused already", None)
    told = await standings(site, "/workflows/1")
    assert (told["take-over"], told["release"]) == ("issue 1 is taken over already", None)
    assert told["retry"] is None


async def test_an_issue_nobody_heard_of_can_only_be_named(site: Site) -> None:
    told = await standings(site, "/workflows/77")
    assert [name for name, why in told.items() if why is None] == ["enqueue", "skip", "link"]
    assert told["retry"] == "issue 77 is not known here"


async def test_who_may_not_is_told_what_it_needs(site: Site, app: FastAPI) -> None:
    viewer = a_caller([site.repository_id], role=Role.VIEWER)
    app.dependency_overrides[recognised] = lambda: viewer
    told = await standings(site)
    assert "this needs write access" in (told["pause"] or "")
    assert "this needs the role maintain or admin" in (told["mode"] or "")
    assert told["installation"] == "this is for this server's administrators alone"


async def test_of_what_is_out_of_reach_nothing_is_told(site: Site) -> None:
    for path in ("commands", "workflows/1/commands"):
        answer = await site.client.get(f"/api/repositories/{STRANGE}/{path}")
        assert_problem(answer, 404, "repository_not_found")
