"""Every pause that holds, wherever it is."""

import pytest
from fastapi import FastAPI

from projections.access import Access
from simulator.payloads import INSTALLATION_ID
from tests.api.commanding import Site
from tests.isolation.callers import let_in

pytestmark = pytest.mark.anyio


async def paused(site: Site) -> list[tuple[str, str]]:
    answer = await site.client.get("/api/pauses")
    assert answer.status_code == 200, answer.text
    return [(item["where"], item["reason"]) for item in answer.json()["items"]]


async def test_each_pause_is_listed_though_a_wider_one_holds_too(site: Site) -> None:
    assert await paused(site) == []
    position = await site.obeyed("{lane}/pause", reason="an audit")
    await site.obeyed("{installation}/pause", reason="a release")
    await site.obeyed("/api/pause", reason="an outage")
    assert await paused(site) == [
        ("everything", "an outage"),
        ("installation", "a release"),
        ("lane", "an audit"),
    ]
    *_, lane = (await site.client.get("/api/pauses")).json()["items"]
    assert lane["repository"]["id"] == site.repository_id
    assert (lane["installation"], lane["position"]) == (None, position)
    assert lane["actor"] == {"id": None, "login": "admin"}
    assert lane["since"]
    await site.obeyed("{lane}/resume")
    await site.obeyed("/api/resume")
    assert await paused(site) == [("installation", "a release")]


async def test_of_others_pauses_nothing_is_told(site: Site, app: FastAPI) -> None:
    await site.obeyed("{lane}/pause", reason="an audit")
    await site.obeyed("{installation}/pause", reason="a release")
    await site.obeyed("/api/pause", reason="an outage")
    let_in(app, Access(frozenset()))
    assert await paused(site) == [("everything", "an outage")]
    let_in(app, Access(frozenset({site.repository_id})))
    assert [where for where, _ in await paused(site)] == ["everything", "installation", "lane"]
    let_in(app, Access(frozenset(), frozenset({INSTALLATION_ID})))
    assert [where for where, _ in await paused(site)] == ["everything", "installation"]
