"""Why a workflow is where it is, over HTTP, as a story of deliveries is told."""

from typing import Any
from uuid import uuid4

import pytest

from events.catalogue import Json, ResyncObserved
from events.github.observations import observed_event
from events.log import EventLog
from runtime.database import Database
from tests.api.answers import assert_problem
from tests.api.test_workflows import tell, workflow
from tests.service import Client, project
from tests.worlds.stories import the_whole_story
from tests.worlds.world import World

pytestmark = pytest.mark.anyio


def fact(rule: dict[str, Any], name: str) -> dict[str, Any]:
    [found] = [each for each in rule["facts"] if each["name"] == name]
    return dict(found)


async def told_until(client: Client, store: Database, world: World, name: str) -> str:
    """Tell the story up to a chapter; return the path of its first workflow."""
    for chapter in the_whole_story(world):
        await tell(client, store, world, chapter)
        if chapter.name == name:
            break
    return f"/api/repositories/{world.repositories[0].id}/workflows/1"


async def test_the_rules_are_shown_with_their_facts_and_the_deliveries_that_told_them(
    client: Client, store: Database
) -> None:
    path = await told_until(client, store, World(), "CI is red")
    shown = await workflow(client, f"{path}/explain")
    page = await workflow(client, path)
    assert shown["workflow"] == {
        name: page[name] for name in page if name not in ("timeline", "costs")
    }
    rules = {each["rule"]: each for each in shown["rules"]}
    assert [name for name, each in rules.items() if each["held"]] == ["ci_failed"]
    held = rules["ci_failed"]
    red = fact(held, "checks failed")
    entered = page["timeline"][-1]
    assert (red["value"], red["decides"]) == ("test", True)
    assert (red["position"], red["at"]) == (entered["position"], entered["at"])
    assert fact(held, "open pull request")["position"] < red["position"]
    merged = rules["merged"]
    assert (merged["held"], merged["lacks"]) == (False, "its pull request was merged")
    assert fact(merged, "pull request")["value"].endswith("open")
    assert (rules["queued"]["held"], rules["queued"]["facts"]) == (None, [])
    event = await workflow(client, f"/api/events/{red['position']}")
    assert (event["type"], event["recorded_at"]) == ("check_run", red["at"])


async def test_decisions_say_why_they_are_not_taken_and_by_which_value_of_the_policy(
    client: Client, store: Database
) -> None:
    path = await told_until(client, store, World(), "CI is red")
    shown = await workflow(client, f"{path}/explain")
    label, fix = shown["decisions"]
    assert (label["kind"], label["taken"], label["action"]) == ("set_label", True, None)
    assert (fix["kind"], fix["taken"]) == ("ask_to_fix_ci", False)
    assert fix["why"] == "Copilot's round on the pull request is not over"
    second = await workflow(client, f"{path[:-1]}2/explain")
    assign = second["decisions"][-1]
    assert (assign["kind"], assign["taken"]) == ("assign", False)
    assert assign["why"] == "1 of 1 are at work: #1"
    key = {"key": "queue.max_active", "value": 1, "origin": "built-in", "position": None}
    assert assign["policy"] == [key]


async def test_the_chain_leads_from_deliveries_to_stages(client: Client, store: Database) -> None:
    path = await told_until(client, store, World(), "the second issue is still queued")
    shown = await workflow(client, f"{path}/explain")
    page = await workflow(client, path)
    stages = [each for each in shown["chain"] if each["kind"] == "stage"]
    assert [each["position"] for each in stages] == [e["position"] for e in page["timeline"]]
    told = {each["position"] for each in shown["chain"] if each["kind"] == "delivery"}
    assert all(each["caused_by"] in told for each in stages)
    places = [each["position"] for each in shown["chain"]]
    assert places == sorted(places)


async def test_an_answer_of_githubs_that_led_to_a_stage_is_in_the_chain(
    client: Client, store: Database, log: EventLog
) -> None:
    world = World()
    path = await told_until(client, store, world, "Copilot opens a draft")
    home = world.sent[0][1]["installation"]
    for state in ("in_progress", "failed"):
        session: dict[str, Json] = {
            "number": 1,
            "id": "7",
            "state": state,
            "updated_at": "2030-01-01T00:00:00Z",
            "asked_at": f"2030-01-01T00:0{len(state) % 7}:00Z",
        }
        answer = ResyncObserved(kind="session", object=session)
        await log.append(observed_event(answer, uuid4(), world.repositories[0].id, home["id"]))
        await project(store)
    shown = await workflow(client, f"{path}/explain")
    assert shown["workflow"]["stage"] == "needs_human"
    *_, answered, entered = shown["chain"]
    assert (answered["kind"], entered["kind"]) == ("answer", "stage")
    assert answered["sentence"] == "GitHub answered how Copilot's session stands"
    assert answered["position"] == entered["position"] == entered["caused_by"]
    assert [each["kind"] for each in shown["chain"]].count("answer") == 1  # the other led nowhere


async def test_what_is_no_workflow_is_not_explained(client: Client, store: Database) -> None:
    path = await told_until(client, store, World(), "two issues are queued")
    assert_problem(await client.get(f"{path}23/explain"), 404, "workflow_not_found")
    assert_problem(
        await client.get("/api/repositories/1/workflows/1/explain"), 404, "workflow_not_found"
    )
