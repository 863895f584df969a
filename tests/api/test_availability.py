"""Which commands would be taken, as the commands themselves say it."""

from typing import Any

import pytest
from fastapi import FastAPI

from api.access import authorised_access, recognised
from people.roles import Role
from simulator.payloads import INSTALLATION_ID
from tests.api.answers import assert_problem
from tests.api.commanding import STRANGE, Site
from tests.callers import a_caller
from tests.service import project

pytestmark = pytest.mark.anyio
on_one_database = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


async def standings(site: Site, path: str = "") -> dict[str, str | None]:
    """Each command with why it would not be taken, None where it would."""
    items = (await site.shown(f"{path}/commands"))["items"]
    assert all(item["allowed"] is (item["why_not"] is None) for item in items)
    return {item["command"]: item["why_not"] for item in items}


async def test_what_would_be_refused_is_told_with_the_sentence_of_the_refusal(site: Site) -> None:
    await site.obeyed("{lane}/pause")
    await site.obeyed("{lane}/workflows/1/take-over")
    for path in ("", "/workflows/1"):
        for item in (await site.shown(f"{path}/commands"))["items"]:
            for choice in item["choices"] or [item | {"says": {}}]:
                if not choice["allowed"] and item["command"] != "link":
                    at = f"{{lane}}{path}/{item['command']}"
                    answer = await site.command(at, **choice["says"])
                    assert answer.json()["detail"] == choice["why_not"], (at, choice)
    told = await standings(site)
    assert (told["pause"], told["resume"]) == ("the lane is paused already", None)
    told = await standings(site, "/workflows/1")
    assert (told["take-over"], told["release"]) == ("issue 1 is taken over already", None)
    assert told["retry"] is None


async def test_an_issue_nobody_heard_of_can_only_be_named(site: Site) -> None:
    told = await standings(site, "/workflows/77")
    assert [name for name, why in told.items() if why is None] == ["enqueue", "skip"]
    assert told["retry"] == "issue 77 is not known here"


async def choices(site: Site, command: str, path: str = "") -> list[tuple[Any, str | None]]:
    """What there is to say by a command, each with why it would not be taken."""
    [item] = [
        item
        for item in (await site.shown(f"{path}/commands"))["items"]
        if item["command"] == command
    ]
    refusals = [choice["why_not"] for choice in item["choices"]]
    assert item["allowed"] is (None in refusals)
    assert item["why_not"] == (None if item["allowed"] or not refusals else refusals[0])
    return [(choice["says"], choice["why_not"]) for choice in item["choices"]]


@on_one_database
async def test_of_a_command_that_says_something_each_choice_is_judged(site: Site) -> None:
    await site.obeyed("{lane}/mode", mode="shadow")
    assert await choices(site, "mode") == [
        ({"mode": "off"}, None),
        ({"mode": "shadow"}, "the mode is shadow already"),
        ({"mode": "live"}, None),
        ({"mode": None}, None),
    ]
    in_order = "the queue is in this order already"
    assert await choices(site, "queue/order") == [
        ({"order": []}, in_order),
        ({"order": [2, 1]}, None),
    ]
    await site.obeyed("{lane}/queue/order", order=[2, 1])
    assert await choices(site, "queue/order") == [({"order": []}, None), ({"order": [1, 2]}, None)]
    for number in (2, 3):
        await site.closed(number)
    assert (await standings(site))["queue/order"] is None
    await site.obeyed("{lane}/queue/order", order=[])
    assert (await standings(site))["queue/order"] == in_order
    whose = {"installation_id": INSTALLATION_ID, "owner": None}
    already = f"the repository is installation {INSTALLATION_ID}'s already, "
    [(said, why_not)] = await choices(site, "installation")
    assert (said, why_not) == (whose, f"{already}and nothing says otherwise")


@on_one_database
async def test_pull_requests_to_be_linked_are_judged_one_by_one(site: Site) -> None:
    why_not = (await standings(site, "/workflows/1"))["link"]
    assert why_not == "there is nothing here yet that it could be said of"
    already = len(site.world.sent)
    pull = site.rocket.person_opens(site.rocket.issues[1], closes=False)
    for event, payload in site.world.sent[already:]:
        assert (await site.client.deliver(event, payload)).status_code == 202
    await project(site.store)
    works, works_not = [{"pull_request": pull.number, "works": each} for each in (True, False)]
    assert await choices(site, "link", "/workflows/1") == [(works, None), (works_not, None)]
    await site.obeyed("{lane}/workflows/1/link", **works)
    said = f"it was said already that #{pull.number} works on issue 1"
    assert await choices(site, "link", "/workflows/1") == [(works, said), (works_not, None)]


async def test_who_may_not_is_told_what_it_needs(site: Site, app: FastAPI) -> None:
    viewer = a_caller([site.repository_id], role=Role.VIEWER)
    app.dependency_overrides |= {
        recognised: lambda: viewer,
        authorised_access: lambda: viewer.access,
    }
    told = await standings(site)
    assert "this needs write access" in (told["pause"] or "")
    assert "this needs the role maintain or admin" in (told["mode"] or "")
    assert told["installation"] == "this is for this server's administrators alone"


async def test_of_what_is_out_of_reach_nothing_is_told(site: Site) -> None:
    for path in ("commands", "workflows/1/commands"):
        answer = await site.client.get(f"/api/repositories/{STRANGE}/{path}")
        assert_problem(answer, 404, "repository_not_found")
