"""A command that was taken shows in what is read behind its position."""

from typing import Any

import pytest

from tests.api.answers import assert_problem
from tests.api.commanding import Site
from tests.service import project

pytestmark = pytest.mark.anyio


async def notes(site: Site) -> list[str]:
    shown: list[str] = (await site.shown("/workflows/1"))["notes"]
    return shown


async def queue(site: Site) -> list[int]:
    return [item["issue"]["number"] for item in (await site.shown("/queue"))["items"]]


async def placed(site: Site, number: int) -> dict[str, Any]:
    return await site.shown(f"/workflows/{number}")


@pytest.mark.parametrize(
    ("scope", "note"),
    [
        ("{lane}", "the lane is paused because an audit"),
        ("{installation}", "the installation is paused because an audit"),
        ("/api", "everything is paused because an audit"),
    ],
)
async def test_a_pause_shows_with_its_reason_until_it_is_resumed(
    site: Site, scope: str, note: str
) -> None:
    await site.obeyed(f"{scope}/pause", reason="an audit")
    assert await notes(site) == [note]
    await site.obeyed(f"{scope}/resume")
    assert await notes(site) == []


async def test_a_mode_holds_over_the_policys_until_it_is_given_back(site: Site) -> None:
    for mode, shown, origin in (
        ("live", "live", "operator"),
        ("off", "off", "operator"),
        (None, "shadow", "built-in"),
    ):
        await site.obeyed("{lane}/mode", mode=mode)
        assert (await placed(site, 1))["mode"] == shown
        policy = await site.shown("/policy")
        assert (policy["mode"], policy["mode_origin"]) == (shown, origin)


async def test_an_order_puts_issues_first(site: Site) -> None:
    assert await queue(site) == [1, 2, 3]
    await site.obeyed("{lane}/queue/order", order=[3, 2, 3, 77])
    assert await queue(site) == [3, 2, 1]
    await site.obeyed("{lane}/queue/order", order=[])
    assert await queue(site) == [1, 2, 3]


async def test_a_skipped_issue_leaves_the_queue_and_comes_back_when_enqueued(site: Site) -> None:
    await site.obeyed("{lane}/workflows/2/skip")
    assert await queue(site) == [1, 3]
    await site.obeyed("{lane}/workflows/2/enqueue")
    assert await queue(site) == [1, 2, 3]
    await site.obeyed("{lane}/workflows/2/skip")
    await site.obeyed("{lane}/workflows/2/retry")
    assert await queue(site) == [1, 2, 3]


async def test_an_issue_that_was_taken_over_is_held_until_it_is_released(site: Site) -> None:
    await site.obeyed("{lane}/workflows/2/take-over")
    held = await placed(site, 2)
    assert (held["stage"], held["reason"]) == ("needs_human", "a person has taken it over")
    position = await site.obeyed("{lane}/workflows/2/release")
    released = await placed(site, 2)
    assert (released["stage"], released["since_position"]) == ("queued", position)


async def test_the_timeline_names_the_command_that_moved_it(site: Site) -> None:
    position = await site.obeyed("{lane}/workflows/2/take-over", reason="I know how")
    [*_, last] = (await placed(site, 2))["timeline"]
    assert (last["stage"], last["position"]) == ("needs_human", position)
    event = (await site.client.get(f"/api/events/{position}")).json()
    assert (event["source"], event["actor_login"]) == ("operator", "admin")
    assert event["payload"] == {"issue_number": 2, "reason": "I know how"}


async def test_a_person_says_whether_a_pull_request_works_on_an_issue(site: Site) -> None:
    said = {"pull_request": 4, "works": True, "reason": "I looked at its diff"}
    unknown = await site.command("{lane}/workflows/2/link", **said)
    problem = assert_problem(unknown, 409, "command_refused")
    assert problem == "pull request 4 is not known here"
    site.rocket.copilot_opens(site.rocket.issues[0])
    for event, payload in site.world.sent[-3:]:
        assert (await site.client.deliver(event, payload)).status_code == 202
    await project(site.store)
    assert (await placed(site, 2))["pull_request"] is None
    await site.obeyed("{lane}/workflows/2/link", **said)
    assert (await placed(site, 2))["pull_request"]["number"] == 4
    [item] = (await site.client.get("/api/commands")).json()["items"]
    assert (item["command"], item["applied"]) == ("workflow.linked", True)
    assert item["details"] == {"pull_request_number": 4, "works": True}
    again = await site.command("{lane}/workflows/2/link", **said)
    assert_problem(again, 409, "command_refused")
    await site.obeyed("{lane}/workflows/2/link", **said | {"works": False})
    assert (await placed(site, 2))["pull_request"] is None
