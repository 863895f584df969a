"""Where answers lead: below the address of the GitHub that the service belongs to, all of them."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI

from events.log import EventLog
from projections.references import Links
from runtime.database import Database
from simulator.payloads import a_repository
from tests.isolation.routes import ROUTES, Curious
from tests.projections.test_access import of_installation
from tests.service import Client, project

pytestmark = pytest.mark.anyio
on_one_database = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)

PUMP = a_repository("works/pump")
OURS = "https://github.works.example"
# Which hold payloads as GitHub wrote them, or never end.
_AS_IT_CAME = {"/api/events", "/api/events/{position}", "/api/live"}


@on_one_database
async def test_every_answer_leads_to_the_github_of_the_settings(
    app: FastAPI, client: Client, store: Database, log: EventLog
) -> None:
    app.state.services = replace(app.state.services, links=Links(OURS))
    await log.append(*of_installation(11, PUMP))
    await project(store)
    asked = Curious((PUMP["id"],), (11,), (UUID(int=11),), (17,), 7)
    leading: set[str] = set()
    for route, paths in ROUTES.items():
        for path in paths(asked) if route not in _AS_IT_CAME else ():
            answer = await client.get(path)
            assert "https://github.com" not in answer.text, path
            found = re.findall(r'"html_url":"([^"]*)"', answer.text)
            assert all(each.startswith(f"{OURS}/works/pump") for each in found), path
            leading |= {route} if found else set()
    assert leading >= {
        "/api/dashboard",
        "/api/repositories",
        "/api/repositories/{repository_id}",
        "/api/repositories/{repository_id}/workflows",
        "/api/repositories/{repository_id}/queue",
        "/api/repositories/{repository_id}/workflows/{issue_number}",
        "/api/repositories/{repository_id}/workflows/{issue_number}/explain",
        "/api/repositories/{repository_id}/policy",
        "/api/commands",
        "/api/actions",
        "/api/actions/{action_id}",
        "/api/installations",
        "/api/activity",
        "/api/problems/reading",
    }


@on_one_database
async def test_a_thing_is_named_alike_in_every_answer(
    client: Client, store: Database, log: EventLog
) -> None:
    await log.append(*of_installation(11, PUMP))
    await project(store)
    asked = Curious((PUMP["id"],), (11,), (UUID(int=11),), (17,), 7)
    named: dict[tuple[str, int], set[tuple[str | None, ...]]] = {}
    for route, paths in ROUTES.items():
        for path in paths(asked) if route not in _AS_IT_CAME else ():
            answer = await client.get(path)
            if answer.headers["content-type"] == "application/json":
                for kind, number, *told in _named(answer.json()):
                    named.setdefault((kind, number), set()).add(tuple(told))
    assert {kind: len(told) for kind, told in named.items()} == {
        ("repository", PUMP["id"]): 1,
        ("issue", 17): 1,
        ("issue", 18): 1,
    }


def _named(answer: Any) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401 (JSON)
    """Every repository and issue that stands under its name in an answer, at any depth."""
    for name, each in answer.items() if isinstance(answer, dict) else ():
        if name == "repository" and isinstance(each, dict) and "id" in each:
            yield name, each["id"], each["full_name"], each["html_url"]
        elif name == "issue" and isinstance(each, dict):
            yield name, each["number"], each["title"], each["html_url"]
    inside = answer.values() if isinstance(answer, dict) else answer
    for each in inside if isinstance(answer, dict | list) else ():
        yield from _named(each)
