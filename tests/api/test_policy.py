"""Policy over HTTP: what holds for a repository and why, the schema, and trying a file."""

from collections.abc import Iterator
from uuid import uuid4

import httpx2
import orjson
import pytest
from fastapi import FastAPI

from aggregates.policy import Policy, policy_schema, read_policy
from api.access import authorised_access
from events.catalogue import About, Layer, PolicyChanged, own_event
from events.catalogue.policies import MAX_CONTENT
from events.github.agents import reading_by
from events.log import EventLog
from projections.access import Access
from runtime.database import Database
from simulator.payloads import INSTALLATION_ID, a_repository
from simulator.payloads.deliveries import installation
from tests.agents import BOTH
from tests.api.answers import assert_problem
from tests.api.commanding import STRANGE, Site
from tests.api.documented import Nowhere
from tests.service import BEARER, Client, app_over, client_of, project

pytestmark = pytest.mark.anyio

on_one_database = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
NOTHING_GIVEN: dict[str, object] = {"position": None, "commit": None, "problems": []}


@pytest.fixture
def two_agents() -> Iterator[None]:
    """What is read and folded within the test is read by a table of two."""
    with reading_by(BOTH):
        yield


async def give(log: EventLog, site: Site, layer: Layer, text: str, commit: str = "") -> int:
    """Put a layer's policy into the log and fold it; return its position."""
    reading = read_policy(text)
    content = PolicyChanged(
        layer=layer,
        origin="policy.yml",
        commit=commit or None,
        content=text,
        document=reading.document,
        problems=reading.problems,
    )
    whose = {
        "server": About(),
        "installation": About(installation_id=INSTALLATION_ID),
        "repository": About(installation_id=INSTALLATION_ID, repository_id=site.repository_id),
    }
    [appended] = await log.append(own_event(content, uuid4(), about=whose[layer]))
    await project(site.store)
    return appended.event.position


async def test_without_any_layer_the_built_in_policy_holds(site: Site) -> None:
    shown = await site.shown("/policy")
    assert shown["repository"]["id"] == site.repository_id
    assert Policy.model_validate_json(orjson.dumps(shown["policy"])) == Policy()
    assert set(shown["origins"].values()) == {"built-in"}
    assert (shown["mode"], shown["mode_origin"]) == ("shadow", "built-in")
    names = ["server", "installation", "repository"]
    assert list(shown["layers"]) == names
    assert shown["layers"] == dict.fromkeys(names, NOTHING_GIVEN)


async def test_each_value_comes_from_the_strongest_layer_that_gives_it(
    site: Site, log: EventLog
) -> None:
    server = await give(log, site, "server", "mode: live\nci: {max_attempts: 5, settle_seconds: 9}")
    middle = await give(log, site, "installation", "ci: {max_attempts: 6}\nreview: {approvals: 2}")
    own = await give(log, site, "repository", "review: {approvals: 3}", "c0ffee")
    shown = await site.shown("/policy")
    policy, origins = shown["policy"], shown["origins"]
    values = {
        "mode": (policy["mode"], origins["mode"]),
        "settle": (policy["ci"]["settle_seconds"], origins["ci.settle_seconds"]),
        "attempts": (policy["ci"]["max_attempts"], origins["ci.max_attempts"]),
        "approvals": (policy["review"]["approvals"], origins["review.approvals"]),
    }
    assert values == {
        "mode": ("live", "server"),
        "settle": (9, "server"),
        "attempts": (6, "installation"),
        "approvals": (3, "repository"),
    }
    assert (shown["mode"], shown["mode_origin"]) == ("live", "server")
    assert shown["layers"] == {
        "server": NOTHING_GIVEN | {"position": server},
        "installation": NOTHING_GIVEN | {"position": middle},
        "repository": {"position": own, "commit": "c0ffee", "problems": []},
    }


async def test_a_file_with_problems_changes_nothing_and_shows_them(
    site: Site, log: EventLog
) -> None:
    held = await give(log, site, "repository", "mode: live", "c0ffee")
    await give(log, site, "repository", "mode: loud\nqueue: 7", "decade")
    shown = await site.shown("/policy")
    assert shown["mode"] == "live"
    layer = shown["layers"]["repository"]
    assert (layer["position"], layer["commit"]) == (held, "c0ffee")
    assert [problem.partition(":")[0] for problem in layer["problems"]] == ["mode", "queue"]


async def test_a_repository_without_a_lane_has_its_installations_policy(
    client: Client, store: Database, log: EventLog
) -> None:
    rocket = a_repository("octo-org/empty")
    await client.deliver("installation", installation(repositories=(rocket,)))
    site = Site(client, store, rocket["id"])
    await give(log, site, "installation", "mode: live")
    assert (await site.shown("/policy"))["mode_origin"] == "installation"


@on_one_database
async def test_a_repository_that_is_not_known_has_none(site: Site) -> None:
    answer = await site.client.get(f"/api/repositories/{STRANGE}/policy")
    assert_problem(answer, 404, "repository_not_found")


@on_one_database
async def test_nobody_sees_the_policy_of_anothers_repository(app: FastAPI, site: Site) -> None:
    app.dependency_overrides[authorised_access] = lambda: Access(frozenset({STRANGE}))
    answer = await site.client.get(f"{site.lane}/policy")
    assert_problem(answer, 404, "repository_not_found")


async def test_the_schema_is_the_one_that_is_published() -> None:
    async with client_of(app_over(Nowhere())) as client:
        answer = await client.get("/api/policy/schema")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/schema+json"
    assert answer.json() == policy_schema()


@pytest.mark.parametrize("media", ["text/yaml", "text/plain; charset=utf-8", "application/yaml"])
async def test_a_file_that_fits_is_valid(media: str) -> None:
    for text in ("", "# nothing\n", "mode: live\nci:\n  max_attempts: 5\n"):
        assert await checked(text.encode(), media) == {"valid": True, "problems": []}


@pytest.mark.parametrize(
    ("content", "paths"),
    [
        (b"mode: loud", ["mode"]),
        (b"mode: loud\nci: {attempts: 1}\ncolour: red", ["mode", "ci.attempts", "colour"]),
        (b"- a list", [""]),
        (b"mode: [", [""]),
        (b"mode: \xff", [""]),
        (b"mode: a\x00b", [""]),
        (b"&a [*a]", [""]),
        (b"# " + b"x" * MAX_CONTENT, [""]),
        (b"[" * 60_000, [""]),
    ],
)
async def test_a_file_that_does_not_fit_is_told_all_that_is_wrong(
    content: bytes, paths: list[str]
) -> None:
    check = await checked(content)
    assert check["valid"] is False
    problems = check["problems"]
    assert isinstance(problems, list)
    assert [problem["path"] for problem in problems] == paths
    assert all(problem["message"] for problem in problems)


async def test_what_is_no_text_or_larger_than_any_file_is_refused() -> None:
    assert_problem(await post(b"{}", "application/json"), 415, "media_type_unsupported")
    form = await post(b"mode: live", "application/x-www-form-urlencoded")
    assert_problem(form, 415, "media_type_unsupported")
    assert_problem(await post(b"#" * (4 * MAX_CONTENT + 1)), 413, "body_too_large")


async def post(content: bytes, media: str = "text/yaml") -> httpx2.Response:
    async with client_of(app_over(Nowhere())) as client:
        headers = BEARER | {"Content-Type": media}
        return await client.http.post("/api/policy/check", content=content, headers=headers)


async def checked(content: bytes, media: str = "text/yaml") -> dict[str, object]:
    answer = await post(content, media)
    assert answer.status_code == 200, answer.text
    check: dict[str, object] = answer.json()
    return check


@on_one_database
async def test_a_policy_that_names_an_agent_nobody_knows_needs_a_person(
    log: EventLog, site: Site
) -> None:
    await give(log, site, "repository", "mode: live\nagent_labels: {fast: scribe}\n")
    shown = (await site.client.get(site.lane)).json()
    message = "there is no agent scribe on this server; there are copilot"
    assert shown["policy_problem"] == f"agent_labels.fast: {message}"
    assert (shown["mode"], shown["attention"]) == ("live", "needs_human")
    assert shown["next_act"]["kind"] == "fix_policy"


@pytest.mark.usefixtures("two_agents")
async def test_a_policy_may_name_an_agent_of_the_server(log: EventLog, site: Site) -> None:
    await give(log, site, "repository", "mode: live\nagent_labels: {slow: scribe}\n")
    shown = (await site.client.get(site.lane)).json()
    assert shown["policy_problem"] is None


async def test_a_file_that_names_an_agent_nobody_knows_is_told_so() -> None:
    told = await checked(b"agent: scribe\n")
    message = "there is no agent scribe on this server; there are copilot"
    assert told == {"valid": False, "problems": [{"path": "agent", "message": message}]}
    with reading_by(BOTH):
        assert (await checked(b"agent: scribe\n"))["valid"] is True


@on_one_database
async def test_an_invalid_file_needs_a_person_until_it_is_mended(log: EventLog, site: Site) -> None:
    valid = await give(log, site, "repository", "mode: live")
    broken = await give(log, site, "repository", "mode: fast\nqueue: {order: 5}\n")
    shown = (await site.client.get(site.lane)).json()
    assert shown["policy_problem"].startswith("mode: expected ")
    assert shown["policy_problem"].endswith(" (and 1 more)")
    assert (shown["mode"], shown["attention"]) == ("live", "needs_human")
    at = f"{shown['html_url']}/blob/main/.github/copilot-orchestrator.yml"
    act = {"kind": "fix_policy", "label": "Fix policy", "html_url": at, "command": None}
    assert shown["next_act"] == act
    await give(log, site, "repository", "mode: live")
    for as_of, known in ((None, None), (valid, None), (broken, act)):
        params = {} if as_of is None else {"as_of": as_of}
        [listed] = (await site.client.get("/api/dashboard", **params)).json()["repositories"]
        assert (listed["next_act"], listed["policy_problem"] is None) == (known, known is None)
