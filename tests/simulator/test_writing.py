"""A pull request of the App's own: a branch, a file on it, and what is told of each."""

import base64
from collections.abc import AsyncIterator

import httpx2
import pytest

from simulator.state.happenings import Happening
from tests.simulator.builders import ROCKET
from tests.simulator.running import REPO, Client, a_client, a_plan, a_simulator

pytestmark = pytest.mark.anyio

PATH, TEXT = ".github/orchestrator.yml", "mode: shadow\n"


@pytest.fixture
async def client(anyio_backend: str) -> AsyncIterator[Client]:
    assert anyio_backend
    plan = a_plan(files={"README.md": "Rocket"})
    async with a_simulator(plan) as simulator, a_client(simulator) as one:
        yield one


async def branched(client: Client, branch: str = "policy") -> httpx2.Response:
    main = (await client.bot("GET", f"{REPO}/git/ref/heads/main")).json()["object"]["sha"]
    body = {"ref": f"refs/heads/{branch}", "sha": main}
    return await client.bot("POST", f"{REPO}/git/refs", body)


async def put(client: Client, text: str = TEXT, **more: str) -> httpx2.Response:
    content = base64.b64encode(text.encode()).decode()
    body = {"message": "Add a policy", "content": content, "branch": "policy"} | more
    return await client.bot("PUT", f"{REPO}/contents/{PATH}", body)


async def opened(client: Client, **more: object) -> httpx2.Response:
    body = {"title": "A policy", "body": "Please look.", "head": "policy", "base": "main"} | more
    return await client.bot("POST", f"{REPO}/pulls", body)


def told(client: Client, since: int) -> list[Happening]:
    """What was told of branches and pull requests, beside CI at its work."""
    happenings = client.simulator.happenings[since:]
    return [each for each in happenings if each.event in ("create", "push", "pull_request")]


def names(happenings: list[Happening]) -> list[str]:
    return [f"{each.event}.{each.action}" if each.action else each.event for each in happenings]


async def test_a_branch_a_file_and_a_pull_request_are_made_and_told(client: Client) -> None:
    rocket, before = client.simulator.repository(ROCKET), len(client.simulator.happenings)
    branch, file, pull = await branched(client), await put(client), await opened(client)

    assert [each.status_code for each in (branch, file, pull)] == [201, 201, 201]
    assert branch.json()["ref"] == "refs/heads/policy"
    happened = told(client, before)
    assert names(happened) == ["create", "push", "push", "pull_request.opened"]
    created, _, pushed, _ = happened
    assert (created.payload["ref"], created.payload["ref_type"]) == ("policy", "branch")
    assert pushed.payload["head_commit"]["added"] == [PATH]
    shown = pull.json()
    assert (shown["head"]["ref"], shown["base"]["ref"], shown["commits"]) == ("policy", "main", 1)
    assert (shown["user"]["login"], shown["draft"]) == ("copilot-orchestrator[bot]", False)
    assert PATH not in rocket.commit_at("main").files

    merged = await client.bot("PUT", f"{REPO}/pulls/{shown['number']}/merge", {})
    assert merged.status_code == 200
    assert rocket.commit_at("main").files == {"README.md": "Rocket", PATH: TEXT}


async def test_a_file_is_changed_by_who_knows_it(client: Client) -> None:
    await branched(client)
    first = await put(client)
    await opened(client)
    pull = client.simulator.repository(ROCKET).pull_requests[-1]
    sha = first.json()["content"]["sha"]

    assert (await put(client, "mode: live\n")).status_code == 422
    assert (await put(client, "mode: live\n", sha="0" * 40)).status_code == 409
    before = len(client.simulator.happenings)
    changed = await put(client, "mode: live\n", sha=sha)
    assert changed.status_code == 200
    assert names(told(client, before)) == ["push", "pull_request.synchronize"]
    assert (pull.head_sha, len(pull.commits)) == (changed.json()["commit"]["sha"], 2)


async def test_nonsense_is_refused(client: Client) -> None:
    await branched(client)
    refs, main = f"{REPO}/git/refs", client.simulator.repository(ROCKET).branches["main"]
    bad = [
        await client.bot("POST", refs, {"ref": "refs/heads/policy", "sha": main}),
        await client.bot("POST", refs, {"ref": "policy", "sha": main}),
        await client.bot("POST", refs, {"ref": "refs/heads/x", "sha": "0" * 40}),
        await opened(client),
        await opened(client, head="nowhere"),
        await opened(client, base="nowhere"),
    ]
    assert [each.status_code for each in bad] == [422] * len(bad)
    assert "No commits between" in bad[3].text
    assert (await client.bot("GET", f"{REPO}/git/ref/heads/none")).status_code == 404
    assert (await put(client, branch="none")).status_code == 404

    await put(client)
    await opened(client)
    again = await opened(client)
    assert (again.status_code, "already exists" in again.text) == (422, True)


@pytest.mark.parametrize(
    ("permission", "statuses"),
    [("contents", [403, 403, 201]), ("pull_requests", [201, 201, 403])],
)
async def test_each_needs_its_permission(
    client: Client, permission: str, statuses: list[int]
) -> None:
    if permission == "contents":
        await branched(client)
        await put(client)
    client.simulator.app.permissions[permission] = "read"
    answers = [
        await branched(client, "another" if permission == "contents" else "policy"),
        await put(client),
        await opened(client),
    ]
    assert [each.status_code for each in answers] == statuses
    refused = answers[statuses.index(403)]
    assert refused.json()["message"] == "Resource not accessible by integration"


async def test_workflows_need_a_permission_of_their_own(client: Client) -> None:
    await branched(client)
    body = {"message": "CI", "content": "", "branch": "policy"}
    path = f"{REPO}/contents/.github/workflows/ci.yml"
    assert (await client.bot("PUT", path, body)).status_code == 403
    client.simulator.app.permissions["workflows"] = "write"
    assert (await client.bot("PUT", path, body)).status_code == 201
