"""What the end of a story must be, as a reader of the API and a person at GitHub see it."""

import asyncio
from collections.abc import Iterable
from time import monotonic
from typing import Any

from simulator.state.accounts import COPILOT, SCRIBE
from tests.loop.town import Town
from tests.service import Client

_LOGINS = (COPILOT["login"], SCRIBE["login"])


async def done_once(town: Town, client: Client) -> None:
    """Assert that all is done, and that nothing was done twice or beside something else."""
    assert {each["stage"] for each in await workflows(town, client)} == {"done"}
    assert town.doubled() == []
    assert most_at_once(town) == 1
    assert "failed" not in {each["outcome"] for each in await every_action(client)}


async def known_as_it_is(town: Town, client: Client, seconds: float = 60.0) -> None:
    """Assert that pages come to show each issue and pull request as GitHub has it, undoubted."""
    until = monotonic() + seconds
    while True:
        found = await workflows(town, client)
        doubts = [note for each in found for note in each["notes"] if "uncertain" in note]
        if (shown(found) == real(town) and not doubts) or monotonic() > until:
            break
        await asyncio.sleep(0.5)
    assert (shown(found), doubts) == (real(town), [])


def shown(found: list[dict[str, Any]]) -> dict[tuple[int, int], tuple[object, ...]]:
    """What pages show of each issue, and of its pull request."""
    return {
        (each["repository"]["id"], each["issue"]["number"]): (
            sorted(each["issue"]["labels"]),
            each["issue"]["state"],
            *(each["pull_request"][name] for name in ("number", "head_sha", "draft", "merged")),
        )
        for each in found
        if each["pull_request"] is not None  # as of every issue but an epic
    }


def real(town: Town) -> dict[tuple[int, int], tuple[object, ...]]:
    """The same, as GitHub has it."""
    return {
        (repository.id, pull.issue.number): (
            sorted(pull.issue.labels),
            pull.issue.state,
            *(pull.number, pull.head_sha, pull.draft, pull.merged),
        )
        for repository in town.repositories()
        for pull in repository.pull_requests
    }


async def workflows(town: Town, client: Client) -> list[dict[str, Any]]:
    """Return every workflow; there is one for each issue that was planned."""
    found = []
    for repository in (await client.get("/api/repositories")).json()["items"]:
        answer = await client.get(f"/api/repositories/{repository['id']}/workflows")
        found += answer.json()["items"]
    assert len(found) == sum(len(plan.issues) for plan in town.github.plan.repositories)
    return found


async def every_action(client: Client) -> list[dict[str, Any]]:
    """Return every action, read page by page."""
    found: list[dict[str, Any]] = []
    path: str | None = "/api/actions?limit=200"
    while path is not None:
        answer = (await client.get(path)).json()
        found += answer["items"]
        path = answer["next"]
    return found


def most_at_once(town: Town) -> int:
    """How many issues of one repository agents were assigned to at the same time, at most."""
    return max(most_of(repository.issues) for repository in town.repositories())


def most_of(issues: Iterable[Any]) -> int:
    """How many of these issues agents were assigned to at the same time, at most."""
    changes = []
    for issue in (each for each in issues if not each.sub_issues):
        closed = issue.closed_at
        assigned = [c.at for c in issue.assignee_changes if c.added and c.login in _LOGINS]
        assert len(assigned) == 1
        changes += [(assigned[0], 1), (closed, -1)]
    active = most = 0
    for _, change in sorted(changes):
        active += change
        most = max(most, active)
    return most
