"""Who did what, to what, when and why."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI

from events.catalogue import About, own_event
from events.catalogue.people import SignedIn
from events.log import EventLog
from projections.access import Access
from runtime.database import Database
from simulator.payloads import INSTALLATION_ID
from tests.api.commanding import Site
from tests.conftest import Clock
from tests.isolation.callers import let_in
from tests.projections.own_events import a_failure, a_request
from tests.service import BEARER, project

pytestmark = pytest.mark.anyio

AUDIT = "/api/audit"


async def told(site: Site, query: str = "") -> list[dict[str, Any]]:
    answer = await site.client.get(f"{AUDIT}?{query}")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


@pytest.fixture
async def acted(site: Site, store: Database, log: EventLog, clock: Clock) -> str:
    """A pause, an action that failed, and somebody who signed in; return the repository's name."""
    await site.obeyed("{lane}/pause", reason="an audit")
    await site.obeyed("{lane}/workflows/2/take-over", reason="mine")
    about = About(installation_id=INSTALLATION_ID, repository_id=site.repository_id, issue_number=2)
    await log.append(a_request(UUID(int=7), about=about, issue_number=2, reason="it is red"))
    await log.append(a_failure(UUID(int=7), about=about, error="GitHub said no"))
    signed_in = SignedIn(session=uuid4(), kind="person", ends_at=clock())
    await log.append(own_event(signed_in, uuid4(), by="ada", by_id=42))
    await project(store)
    shown = await site.client.get(site.lane)
    name: str = shown.json()["full_name"]
    return name


async def test_each_deed_is_a_sentence_with_what_it_is_about(site: Site, acted: str) -> None:
    signed_in, failed, requested, taken, paused = (await told(site))[:5]
    assert signed_in["sentence"] == "ada signed in"
    assert signed_in["actor"] == {"id": 42, "login": "ada"}
    assert failed["sentence"].startswith("the service could not ")
    assert failed["sentence"].endswith(f"{acted}#2: GitHub said no")
    assert requested["actor"] is None
    assert (requested["why"], requested["to"]) == ("it is red", f"{acted}#2")
    assert taken["sentence"] == f"admin took over {acted}#2: mine"
    assert taken["html_url"] == f"https://github.com/{acted}/issues/2"
    assert paused["sentence"] == f"admin paused {acted}: an audit"
    assert (paused["did"], paused["to"], paused["why"]) == ("paused", acted, "an audit")
    assert (paused["repository"]["full_name"], paused["issue"]) == (acted, None)


@pytest.mark.usefixtures("acted")
async def test_it_is_narrowed_down_and_counted(site: Site) -> None:
    assert [each["did"] for each in await told(site, "type=lane")] == ["paused"]
    assert {each["issue"]["number"] for each in await told(site, "issue=2")} == {2}
    assert [each["did"] for each in await told(site, "actor=ada")] == ["signed in"]
    assert await told(site, "until=2000-01-01") == []
    answer = await site.client.get(f"{AUDIT}?limit=1")
    assert answer.json()["total"] == len(await told(site))
    following = await site.client.get(answer.json()["next"])
    assert following.json()["items"] == (await told(site))[1:2]


@pytest.mark.usefixtures("acted")
async def test_sign_ins_are_for_administrators_and_nobody_sees_others_deeds(
    site: Site, app: FastAPI
) -> None:
    let_in(app, Access(frozenset({site.repository_id})))
    deeds = [each["did"] for each in await told(site)]
    assert "paused" in deeds
    assert "signed in" not in deeds
    let_in(app, Access(frozenset({1})))
    assert await told(site) == []


@pytest.mark.usefixtures("acted")
async def test_it_is_taken_away_a_sentence_a_line(site: Site) -> None:
    headers = BEARER | {"Accept": "application/x-ndjson"}
    answer = await site.client.http.get(AUDIT, headers=headers)
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert lines == await told(site)
