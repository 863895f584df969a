"""Workflows over HTTP, as a story of deliveries is told."""

from typing import Any

import pytest

from runtime.database import Database
from simulator.payloads import a_review, a_user
from tests.api.answers import assert_problem
from tests.service import Client, project
from tests.worlds.people import reviewer
from tests.worlds.stories import Chapter, the_whole_story
from tests.worlds.world import World

pytestmark = pytest.mark.anyio

STAGES = {
    "two issues are queued": "queued",
    "the first is assigned to Copilot": "in_progress",
    "Copilot opens a draft": "draft",
    "CI is red": "ci_failed",
    "Copilot pushes a fix": "draft",
    "CI is green": "draft",
    "Copilot finishes its round": "draft",
    "the draft is marked ready": "ready_for_review",
    "the reviewer asks for changes": "changes_requested",
    "Copilot pushes again": "ready_for_review",
    "CI is green again": "ready_for_review",
    "the reviewer approves": "merge_ready",
    "the pull request is merged and closes the issue": "done",
    "the second issue is still queued": "done",
}


async def tell(client: Client, store: Database, world: World, chapter: Chapter) -> None:
    for place in chapter.deliveries:
        event, payload = world.sent[place]
        answer = await client.deliver(event, payload, str(world.deliveries[place].id))
        assert answer.status_code == 202
    await project(store)


async def workflow(client: Client, path: str, **params: str | int) -> dict[str, Any]:
    answer = await client.get(path, **params)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def test_each_chapter_of_the_story_shows_its_stage_with_its_reason_now_and_later(
    client: Client, store: Database
) -> None:
    world = World()
    chapters = the_whole_story(world)
    lane = f"/api/repositories/{world.repositories[0].id}"
    seen: list[tuple[int, dict[str, Any]]] = []
    for chapter in chapters:
        await tell(client, store, world, chapter)
        shown = await workflow(client, f"{lane}/workflows/1")
        assert (chapter.name, shown["stage"]) == (chapter.name, STAGES[chapter.name])
        assert shown["reason"]
        seen.append((chapter.deliveries.stop, shown))
    for position, then in seen:  # as it once stood, word for word
        assert await workflow(client, f"{lane}/workflows/1", as_of=position) == then
    pulls = [then["pull_request"] for _, then in seen if then["pull_request"]]
    assert {each["author"]["login"] for each in pulls} == {"Copilot"}
    timeline = seen[-1][1]["timeline"]
    stages = list(STAGES.values())
    entered = [
        stage for stage, before in zip(stages, [None, *stages], strict=False) if stage != before
    ]
    assert [change["stage"] for change in timeline] == entered
    queue = await workflow(client, f"{lane}/queue")
    assert [item["issue"]["number"] for item in queue["items"]] == [2]


async def test_who_approved_and_whose_word_did_not_count_stays_after_the_merge(
    client: Client, store: Database
) -> None:
    world = World()
    chapters = the_whole_story(world)
    *before, merged, _ = chapters
    lane = f"/api/repositories/{world.repositories[0].id}"
    for chapter in before:
        await tell(client, store, world, chapter)
    visitor, pull = a_user("driveby"), world.sent[before[-1].deliveries[-1]][1]["pull_request"]
    said = a_review("approved", pull_request=pull, user=visitor, author_association="NONE")
    said["submitted_at"] = pull["updated_at"]
    about = world.sent[-1][1]["repository"]
    payload = {"action": "submitted", "review": said, "pull_request": pull, "repository": about}
    assert (await client.deliver("pull_request_review", payload)).status_code == 202
    await tell(client, store, world, merged)
    shown = await workflow(client, f"{lane}/workflows/1")
    assert shown["stage"] == "done"
    assert shown["approved_by"] == [{"id": reviewer["id"], "login": "ravi-reviews"}]
    assert shown["reviews_ignored"] == [
        {
            "actor": {"id": visitor["id"], "login": "driveby"},
            "state": "approved",
            "why": "GitHub does not count them among those who may write here",
        }
    ]
    unsaid = {name: shown[name] for name in ("probable", "leader", "beside", "questions")}
    assert unsaid == {"probable": False, "leader": None, "beside": [], "questions": []}


async def test_the_list_pages_by_issue_number(client: Client, store: Database) -> None:
    world = World()
    rocket = world.repository("octo-org/rocket")
    for number in range(3):
        rocket.open_issue(f"Issue {number}", labels=("status:queued",))
    await tell(client, store, world, Chapter("all", range(len(world.deliveries))))
    first = await workflow(client, f"/api/repositories/{rocket.id}/workflows", limit=2)
    assert [item["issue"]["number"] for item in first["items"]] == [1, 2]
    rest = await workflow(client, first["next"])
    assert ([item["issue"]["number"] for item in rest["items"]], rest["next"]) == ([3], None)
    assert (first["total"], rest["total"]) == (3, None)
    queue = await workflow(client, f"/api/repositories/{rocket.id}/queue", limit=1)
    assert (len(queue["items"]), queue["total"]) == (1, 3)
    one = await workflow(client, f"/api/repositories/{rocket.id}/workflows", as_of=1)
    assert (len(one["items"]), one["total"]) == (1, 1)


async def test_an_issue_that_is_none_of_ours_is_no_workflow(
    client: Client, store: Database
) -> None:
    world = World()
    rocket = world.repository("octo-org/rocket")
    rocket.open_issue("Somebody else's")
    await tell(client, store, world, Chapter("all", range(len(world.deliveries))))
    answer = await client.get(f"/api/repositories/{rocket.id}/workflows/1")
    assert_problem(answer, 404, "workflow_not_found")


async def test_before_its_first_event_there_was_no_workflow(
    client: Client, store: Database
) -> None:
    world = World()
    rocket = world.repository("octo-org/rocket")
    rocket.open_issue("One", labels=("status:queued",))
    await tell(client, store, world, Chapter("all", range(len(world.deliveries))))
    path = f"/api/repositories/{rocket.id}/workflows/1"
    assert_problem(await client.get(path, as_of=0), 404, "workflow_not_found")
    assert (await client.get(path, as_of="2020-01-01T00:00:00Z")).status_code == 404
    assert (await client.get(path, as_of="2026-01-01T00:01:00Z")).status_code == 200
    assert_problem(await client.get(path, as_of="yesterday"), 422, "request_invalid")


async def test_a_finished_workflow_is_shown_after_the_lane_has_forgotten_it(
    client: Client, store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aggregates.lane.bounds.OTHER_ISSUES", 2)
    world = World()
    rocket = world.repository("octo-org/rocket")
    for number in range(8):
        rocket.open_issue(f"Issue {number}", labels=("status:queued",)).close("completed")
    await tell(client, store, world, Chapter("all", range(len(world.deliveries))))
    listed = await workflow(client, f"/api/repositories/{rocket.id}/workflows")
    stages = [(item["issue"]["number"], item["stage"]) for item in listed["items"]]
    assert stages == [(number, "done") for number in range(1, 9)]


@pytest.mark.parametrize("page", ["workflows", "workflows/1", "queue"])
async def test_a_stranger_sees_none_of_it(client: Client, page: str) -> None:
    assert_problem(await client.http.get(f"/api/repositories/1/{page}"), 401, "token_missing")
